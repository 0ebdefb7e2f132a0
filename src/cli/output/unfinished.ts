/** A run without an outcome: where the store was last observed, and the command that continues it. */
import { nameStore } from '../../domain/key-store.ts';
import { explainTask } from '../../domain/kmsuser-password.ts';
import { optionName } from '../../domain/properties.ts';
import type { HeldStore } from '../../ports/operator-prompt.ts';
import type { ShownReason } from './render/reason.ts';

/** What a hold that was asked for is for. */
function describeTask({ store, changes }: HeldStore): string {
  const { task, commands, note } = explainTask(store, changes);
  return note === undefined ? task : `${task} ${commands.join('; ')}. ${note}`;
}

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

/** The run waits for an operator, and cannot ask one. Without a journal it cannot be resumed. */
export function explainHeld(runId: string, held: HeldStore, hasJournal: boolean): Unfinished {
  const { store, reason, missing, changes, canRollBack } = held;
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
      message: `${nameStore(store)} is on hold: it is ${connectionState}, and no key works until the run continues`,
      cause: reason ? `${reason.message}. ${reason.cause}` : describeTask(held),
      remedy: `${reason ? `${reason.remedy} Then` : 'When it is done,'} run: ${goOn}${reason ? correct : ''}${back ? `. To roll back: ${back}` : ''}`,
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
  const state = lastSeen === null ? 'cks had not observed the store yet' : `store last seen ${lastSeen}`;
  const isOpen = hasWritten || mayLeaveStore;
  const ways = hasJournal && runId !== null ? [`cks resume ${runId}`] : [`cks describe ${id}`, `cks reconnect ${id}`];
  const nextCommands = isOpen ? ways : [];
  const sent = hasWritten
    ? 'cks sent a call that changes the store, so the store may be offline or have the new settings.'
    : 'cks sent nothing that changes the store.';
  return {
    outcome: null,
    ...facts,
    reason: {
      code: 'UNFINISHED',
      message: `the run on ${id} was interrupted (${message}); ${state}`,
      cause: mayLeaveStore ? 'cks sent nothing that changes the store, but its trial store may still exist.' : sent,
      remedy: isOpen ? `continue with ${nextCommands.join(', or connect it again with ')}` : 'run the command again',
    },
    nextCommands,
  };
}
