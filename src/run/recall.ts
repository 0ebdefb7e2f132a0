/** What is known of an earlier run before it is resumed, in the form in which a run reports. */
import { begin } from '../../machines/safe-update/actions.ts';
import type { Context, Input, Sighting } from '../../machines/safe-update/index.ts';
import { isRehearsalStep } from '../domain/rehearsal.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import type { LogRecord } from '../ports/log.ts';

/** The store as the log last shows it; null if it shows none. */
export function findLastSeen(records: readonly LogRecord[]): Sighting | null {
  const seen = (record: LogRecord) => {
    if (record.kind !== 'result' || isRehearsalStep(record.step)) return undefined;
    return (record.value as { readonly seen?: Sighting | null } | null)?.seen ?? undefined;
  };
  return records.reduce<Sighting | null>((last, record) => seen(record) ?? last, null);
}

export function recall(input: Input, state: ResumeState | null, seen: Sighting | null): Context {
  const { takenUp: _, ...begun } = begin(state ? { ...input, takenUp: state } : input);
  return { ...begun, ...(input.takenUp ? { takenUp: input.takenUp } : {}), seen };
}
