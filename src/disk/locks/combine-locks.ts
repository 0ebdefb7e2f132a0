/** Several locks as one: a run has to take all of them. */
import { LockError, type LockOwner, type StoreLock } from '../../ports/lock.ts';

/** In the order in which they are taken. */
export function combineLocks(...locks: readonly StoreLock[]): StoreLock {
  /** @throws {LockError} after every lock was asked: a run that continues without one still needs the others. */
  async function askEach(ask: (lock: StoreLock) => Promise<LockOwner | null>): Promise<LockOwner | null> {
    const errors: LockError[] = [];
    for (const lock of locks) {
      try {
        const owner = await ask(lock);
        if (owner) return owner;
      } catch (error) {
        if (!(error instanceof LockError)) throw error;
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new LockError(errors.map(({ message }) => message).join(' '), { cause: errors[0] });
    return null;
  }
  return {
    acquire: (customKeyStoreId) => askEach((lock) => lock.acquire(customKeyStoreId)),
    confirm: (customKeyStoreId) => askEach((lock) => lock.confirm(customKeyStoreId)),
    recordStep(step, offlineSinceMs) {
      for (const lock of locks) lock.recordStep(step, offlineSinceMs);
    },
    async release(outcome) {
      for (const lock of locks.toReversed()) await lock.release(outcome);
    },
  };
}
