/**
 * One run at a time on a store, for everyone who uses the folder of locks: by default this user on this machine. A lock
 * is named by the id of its store alone, which is unique in AWS: two runs meet here also when one of them could not find
 * out the account.
 */
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { LockOwner, StoreLock } from '../../ports/lock.ts';
import { type HeldLock, lockFile } from './file-lock.ts';
import type { TryLock } from './kernel.ts';
import { nameAlone } from './names.ts';

export interface StoreLockOptions {
  /** Where the locks are; the same for all processes that shall exclude each other. */
  readonly folder: string;
  /** The endpoint of a simulator, whose stores are not AWS's whatever their ids. */
  readonly simulator?: string;
  readonly runId: string;
  readonly clock: Clock;
  /** Default: the kernel's. */
  readonly load?: () => Promise<TryLock>;
}

/** The file of the lock of one store. `simulator`: the endpoint of the simulator that the store is in. */
export function storeLockFile(folder: string, customKeyStoreId: string, simulator?: string): string {
  return join(folder, `${nameAlone(customKeyStoreId, simulator)}.lock`);
}

export function createStoreLock({ folder, simulator, runId, clock, load }: StoreLockOptions): StoreLock {
  const held = new Map<string, HeldLock>();
  /** Asked for, and refused by the disk. */
  const missing = new Set<string>();
  let step = 'starting';

  async function acquire(customKeyStoreId: string): Promise<LockOwner | null> {
    if (held.has(customKeyStoreId)) return null;
    const me = { runId, pid: process.pid, sinceMs: clock.now(), step };
    const file = storeLockFile(folder, customKeyStoreId, simulator);
    missing.add(customKeyStoreId);
    const taken = await lockFile(file, me, { isShared: true, ...(load ? { load } : {}) });
    missing.delete(customKeyStoreId);
    if ('owner' in taken) return taken.owner;
    held.set(customKeyStoreId, taken.held);
    return null;
  }

  return {
    acquire,
    // The kernel takes it from no living process. A lock that the disk refused may be free by now, or another process has it.
    confirm: async (customKeyStoreId) => (missing.has(customKeyStoreId) ? acquire(customKeyStoreId) : null),
    recordStep(now) {
      step = now;
      for (const lock of held.values()) lock.recordStep(now);
    },
    async release() {
      for (const lock of held.values()) lock.release();
      held.clear();
      missing.clear();
    },
  };
}
