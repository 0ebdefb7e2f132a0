/** One run at a time on a store, for this user on this machine: a lock file per account, Region and store id. */
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { LockHolder, StoreLock } from '../ports/lock.ts';
import { type HeldLock, lockFile } from './file-lock.ts';
import type { TryLock } from './kernel.ts';
import { nameStore, type Place } from './names.ts';

export interface StoreLockOptions {
  /** Where the locks are; the same for everybody who shall exclude each other. */
  readonly folder: string;
  readonly place: Place;
  readonly runId: string;
  readonly clock: Clock;
  /** Default: the kernel's. */
  readonly load?: () => Promise<TryLock>;
}

export function createStoreLock({ folder, place, runId, clock, load }: StoreLockOptions): StoreLock {
  const held = new Map<string, HeldLock>();
  let step = 'starting';
  return {
    async acquire(customKeyStoreId): Promise<LockHolder | null> {
      if (held.has(customKeyStoreId)) return null;
      const me = { runId, pid: process.pid, sinceMs: clock.now(), step };
      const taken = await lockFile(join(folder, `${nameStore(place, customKeyStoreId)}.lock`), me, load);
      if ('holder' in taken) return taken.holder;
      held.set(customKeyStoreId, taken.held);
      return null;
    },
    // The kernel takes it from nobody who lives.
    confirm: async () => null,
    tell(now) {
      step = now;
      for (const lock of held.values()) lock.tell(now);
    },
    async release() {
      for (const lock of held.values()) lock.release();
      held.clear();
    },
  };
}
