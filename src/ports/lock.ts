/** One run at a time on a store. The second gets the lock owner, and never waits. */

import type { Outcome } from '../domain/outcome.ts';
import type { LockOwner } from '../domain/safeguards.ts';

export type { LockOwner } from '../domain/safeguards.ts';

export interface StoreLock {
  /**
   * Null: it is ours, now or already. Otherwise who holds it. Taking it again in the same run is free.
   *
   * @throws {LockError}
   */
  acquire(customKeyStoreId: string): Promise<LockOwner | null>;
  /**
   * Asked right before each call that changes the store. Null: it is still ours, or is ours again after it could not be read.
   * Otherwise who has it now: nothing more may be sent.
   *
   * @throws {LockError} if that is not known.
   */
  confirm(customKeyStoreId: string): Promise<LockOwner | null>;
  /** What this run is doing, for other processes, and since when the store is offline because of it. Never fails. */
  recordStep(step: string, offlineSinceMs: number | null): void;
  /** `outcome`: null where the run broke off and is to be continued. Never fails. */
  release(outcome: Outcome | null): Promise<void>;
}

/** No lock can be taken on this machine or in this folder; the message says what to do. The run must not act. */
export class LockError extends Error {
  override readonly name = 'LockError';
}
