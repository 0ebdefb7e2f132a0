/** What is left to say when a run has no outcome: where the store was last seen, and the command that goes on. */
import type { ShownReason } from './render/reason.ts';

export interface Unfinished {
  readonly outcome: null;
  readonly runId: string | null;
  readonly customKeyStoreId: string;
  readonly lastSeen: string | null;
  readonly reason: ShownReason;
  readonly remaining: readonly string[];
}

export interface UnfinishedFacts extends Pick<Unfinished, 'runId' | 'customKeyStoreId' | 'lastSeen'> {
  /** A call that changes the store may have been sent. */
  readonly hasWritten: boolean;
  readonly hasJournal: boolean;
  readonly message: string;
}

export function explainUnfinished({ hasWritten, hasJournal, message, ...facts }: UnfinishedFacts): Unfinished {
  const { customKeyStoreId: id, lastSeen, runId } = facts;
  const state = lastSeen === null ? 'it was not seen yet' : `it was last seen ${lastSeen}`;
  const remaining = !hasWritten
    ? []
    : hasJournal && runId !== null
      ? [`cks resume ${runId}`]
      : [`cks describe ${id}`, `cks reconnect ${id}`];
  return {
    outcome: null,
    ...facts,
    reason: {
      code: 'UNFINISHED',
      message: `the run of ${id} is unfinished (${message}); ${state}`,
      cause: hasWritten
        ? 'A call that changes the store was sent, so the store may be offline or have the new settings.'
        : 'Nothing that changes the store was sent.',
      remedy: hasWritten ? `go on with ${remaining.join(', or bring it back with ')}` : 'run it again',
    },
    remaining,
  };
}
