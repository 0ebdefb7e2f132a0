/** Several locks as one: a run has to take all of them. */
import { LockError, type LockHolder, type StoreLock } from '../ports/lock.ts';

/** In the order in which they are taken. */
export function combineLocks(...locks: readonly StoreLock[]): StoreLock {
  /** @throws {LockError} after every lock was asked: a run that goes on without one still needs the others. */
  async function askEach(ask: (lock: StoreLock) => Promise<LockHolder | null>): Promise<LockHolder | null> {
    const errors: LockError[] = [];
    for (const lock of locks) {
      try {
        const holder = await ask(lock);
        if (holder) return holder;
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
    tell(step, offlineSinceMs) {
      for (const lock of locks) lock.tell(step, offlineSinceMs);
    },
    async release(outcome) {
      for (const lock of locks.toReversed()) await lock.release(outcome);
    },
  };
}
