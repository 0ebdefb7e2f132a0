/** What is left to say when a run has no outcome: where the store was last seen, and the command that goes on. */
import { nameStore } from '../domain/key-store.ts';
import { optionName } from '../domain/properties.ts';
import type { HeldStore } from '../ports/operator-prompt.ts';
import type { ShownReason } from './render/reason.ts';

/** What a hold that was asked for is for. */
export const operatorsTask =
  'The run waits for you to set the password of kmsuser on every HSM of the cluster: KMS is not logged in now.';

export interface Unfinished {
  readonly outcome: null;
  readonly runId: string | null;
  readonly customKeyStoreId: string;
  readonly lastSeen: string | null;
  readonly reason: ShownReason;
  readonly nextCommands: readonly string[];
}

export interface UnfinishedFacts extends Pick<Unfinished, 'runId' | 'customKeyStoreId' | 'lastSeen'> {
  /** A call that changes the store may have been sent. */
  readonly hasWritten: boolean;
  /** The trial store of a trial connect may be left. */
  readonly mayLeaveStore: boolean;
  readonly hasJournal: boolean;
  readonly message: string;
}

/** The run waits for the operator, and nobody is there to say that it is done. Without a journal no resume continues it. */
export function explainHeld(
  runId: string,
  { store, reason, missing, changes, canRollBack }: HeldStore,
  hasJournal: boolean,
): Unfinished {
  const { customKeyStoreId, connectionState } = store;
  const accept = missing.length > 0 ? ` --accept ${missing.join(',')}` : '';
  const goOn = hasJournal ? `cks resume ${runId} --yes${accept}` : `cks reconnect ${customKeyStoreId}`;
  const back = canRollBack && hasJournal ? `cks resume ${runId} --roll-back` : null;
  const correct =
    changes.length > 0 && hasJournal
      ? `; an option such as --${optionName(changes[0]?.property ?? 'KeyStorePassword')} gives it another value`
      : '';
  return {
    outcome: null,
    runId,
    customKeyStoreId,
    lastSeen: connectionState,
    reason: {
      code: 'HELD',
      message: `${nameStore(store)} is held: it is ${connectionState}, and no key in it can be used until the run goes on`,
      cause: reason ? `${reason.message}. ${reason.cause}` : operatorsTask,
      remedy: `${reason ? `${reason.remedy} Then` : 'When it is done'}: ${goOn}${reason ? correct : ''}${back ? `. To put the old settings back: ${back}` : ''}`,
    },
    nextCommands: [goOn, ...(back ? [back] : [])],
  };
}

export function explainUnfinished({
  hasWritten,
  mayLeaveStore,
  hasJournal,
  message,
  ...facts
}: UnfinishedFacts): Unfinished {
  const { customKeyStoreId: id, lastSeen, runId } = facts;
  const state = lastSeen === null ? 'it was not seen yet' : `it was last seen ${lastSeen}`;
  const nextCommands =
    !hasWritten && !mayLeaveStore
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
      cause: mayLeaveStore
        ? 'Nothing that changes the store was sent, but the trial store of its trial connect may be left.'
        : hasWritten
          ? 'A call that changes the store was sent, so the store may be offline or have the new settings.'
          : 'Nothing that changes the store was sent.',
      remedy:
        hasWritten || mayLeaveStore ? `go on with ${nextCommands.join(', or bring it back with ')}` : 'run it again',
    },
    nextCommands,
  };
}
