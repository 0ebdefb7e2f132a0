/** Several locks as one: who is kept out by any of them is kept out. */
import type { LockHolder, StoreLock } from '../ports/lock.ts';

/** In the order in which they are taken. */
export function combineLocks(...locks: readonly StoreLock[]): StoreLock {
  const askEach = async (ask: (lock: StoreLock) => Promise<LockHolder | null>) => {
    for (const lock of locks) {
      const holder = await ask(lock);
      if (holder) return holder;
    }
    return null;
  };
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
