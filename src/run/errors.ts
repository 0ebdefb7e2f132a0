/** The two ways in which a run has no outcome. */
import type { Context } from '../../machines/safe-update/index.ts';
import { toIso } from '../domain/duration.ts';
import { listDisabled } from '../domain/fence.ts';
import type { HeldStore } from '../ports/operator-prompt.ts';

/** The arguments are wrong, by themselves or for this type of store. Nothing but Describe was called. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** No operator can end the hold. The run is unfinished, and continues when it is resumed. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
  readonly held: HeldStore;

  constructor(held: HeldStore) {
    const missing =
      held.missing.length > 0 ? `; to continue without a change, add --accept ${held.missing.join(',')}` : '';
    super(`held while it is ${held.store.connectionState}, until --yes says that it is done${missing}`);
    this.held = held;
  }
}

/** The run broke off: held, a bug, or a log that tells of other steps. `hasWritten`: the store may not be as it was found. */
export class UnfinishedRunError extends Error {
  override readonly name = 'UnfinishedRunError';
  /** What `cks resume` continues: another run where the journal of this one could not be kept. */
  runId: string;
  readonly customKeyStoreId: string;
  readonly hasWritten: boolean;
  /** The trial store of its trial connect may still be there. */
  readonly mayLeaveStore: boolean;
  /** The state the store was last seen in, where it was seen. */
  readonly lastSeen: string | null;
  /** When its dead man's switch connects the store, in ISO 8601; null where none is armed. */
  readonly firesAt: string | null;
  /** Waits for the operator: nothing broke. */
  readonly held: HeldStore | null;

  constructor(context: Context, cause: unknown, mayLeaveStore = false) {
    super(messageOf(cause), { cause });
    this.runId = context.runId;
    this.customKeyStoreId = context.lastObserved?.store.customKeyStoreId ?? context.store;
    this.hasWritten = context.hasWritten || listDisabled(context.fence).length > 0;
    this.mayLeaveStore = mayLeaveStore;
    this.lastSeen = context.lastObserved?.store.connectionState ?? null;
    this.firesAt = context.armed ? toIso(context.armed.deadlineAtMs) : null;
    this.held = cause instanceof HeldError ? cause.held : null;
  }
}

/** What a thrown thing says; in JavaScript anything may be thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
