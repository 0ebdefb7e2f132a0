/** What is known of an earlier run before it is resumed, in the form in which a run reports. */
import { begin } from '../../machines/safe-update/begin.ts';
import type { Context, Input, Sighting } from '../../machines/safe-update/index.ts';
import { nameRehearsal } from '../domain/rehearsal.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import type { LogRecord } from '../ports/log.ts';

/** The store of a run as its log last shows it; null if it shows none. A rehearsal has a store of its own. */
export function findLastSeen(records: readonly LogRecord[], runId: string): Sighting | null {
  const sightings = records.flatMap((record) => {
    if (record.kind !== 'result') return [];
    const { seen } = (record.value ?? {}) as { readonly seen?: Sighting | null };
    return seen && seen.store.settings.NewCustomKeyStoreName !== nameRehearsal(runId) ? [seen] : [];
  });
  return sightings.at(-1) ?? null;
}

export function recall(input: Input, state: ResumeState | null, seen: Sighting | null): Context {
  const { takenUp: _, ...begun } = begin(state ? { ...input, takenUp: state } : input);
  return { ...begun, ...(input.takenUp ? { takenUp: input.takenUp } : {}), seen };
}
