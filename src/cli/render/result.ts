/** The end of a run in a few lines. */
import { nameStore } from '../../domain/key-store.ts';
import { outcomes, type RunResult } from '../../domain/outcome.ts';
import { describeDuration } from '../durations.ts';
import { renderChanges } from './plan.ts';

const settingsInForce = { old: 'the old settings', new: 'the new settings', unknown: 'unknown settings' } as const;

export function renderResult(result: RunResult): string {
  return [
    `${result.outcome}  ${describeEnd(result)}`,
    ...(result.settings === 'new' || result.outcome === 'rolledBack' ? renderChanges(result.changes) : []),
    `  ${describeRoad(result)}`,
    ...(result.oldCredentialNeededUntil
      ? [`  keep the old proxy credential valid until ${result.oldCredentialNeededUntil}`]
      : []),
    ...(result.reason
      ? [`  why:   ${result.reason.message}`, `  cause: ${result.reason.cause}`, `  next:  ${result.reason.remedy}`]
      : []),
    ...(result.remaining ?? []).map((command) => `  $ ${command}`),
  ].join('\n');
}

function describeEnd({ outcome, after, settings }: RunResult): string {
  if (!after) return outcomes[outcome].meaning;
  return `${nameStore(after)} is ${after.connectionState} with ${settingsInForce[settings]}`;
}

function describeRoad({ path, offlineMs, calls, proof }: RunResult): string {
  const sent = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const outage = offlineMs === null ? (path === 'live' ? 'no outage' : '') : `${describeDuration(offlineMs)} offline`;
  return [`path ${path}`, outage, `${sent} calls to KMS`, `proof: ${proof.status}`]
    .filter((part) => part !== '')
    .join(', ');
}
