/**
 * Time in which this process did not run, because its machine slept or its clock was set forward, does not count towards a
 * grace or a limit: it may not have passed for KMS.
 */
import { graceMs, type StaleReads } from '../domain/stale-reads.ts';
import type { Run } from './run.ts';

type Hosted = Pick<Run, 'host'>;

/** An instant that is `forMs` after its beginning, later by what was lost since then. */
export function extendInstant({ host }: Hosted, instantMs: number, forMs: number): number {
  return instantMs + host.lostMs(instantMs - forMs);
}

/** The end of a grace; 0: no grace. */
export function extendGrace(run: Hosted, untilMs: number): number {
  return untilMs === 0 ? 0 : extendInstant(run, untilMs, graceMs);
}

export function extendStaleReads(run: Hosted, { states, settings }: StaleReads): StaleReads {
  const left = Object.entries(states).map(([state, untilMs]) => [state, extendGrace(run, untilMs)]);
  return {
    states: Object.fromEntries(left),
    settings: settings.map(({ values, untilMs }) => ({ values, untilMs: extendGrace(run, untilMs) })),
  };
}
