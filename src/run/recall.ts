/** What is known of an earlier run before it is resumed, in the form in which a run reports. */
import { begin } from '../../machines/safe-update/begin.ts';
import type { Context, Input, Observation } from '../../machines/safe-update/index.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import { nameTrialStore } from '../domain/trial-connect.ts';
import type { LogRecord } from '../ports/log.ts';

/** The store of a run as its log last shows it; null if it shows none. A trial connect has a store of its own. */
export function findLastSeen(records: readonly LogRecord[], runId: string): Observation | null {
  const observations = records.flatMap((record) => {
    if (record.kind !== 'result') return [];
    const { observed } = (record.value ?? {}) as { readonly observed?: Observation | null };
    return observed && observed.store.settings.name !== nameTrialStore(runId) ? [observed] : [];
  });
  return observations.at(-1) ?? null;
}

export function recall(input: Input, state: ResumeState | null, observed: Observation | null): Context {
  const { resumedFrom: _, ...begun } = begin(state ? { ...input, resumedFrom: state } : input);
  return { ...begun, ...(input.resumedFrom ? { resumedFrom: input.resumedFrom } : {}), lastObserved: observed };
}
