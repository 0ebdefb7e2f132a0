/** What keeps two processes apart: from the same run, and from the same store. */
import type { Input } from '../../machines/safe-update/index.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { lockFolder } from '../journal/folders.ts';
import { runLockFile } from '../journal/shelf.ts';
import { isLoopback } from '../kms/place.ts';
import { type HeldLock, lockFile } from '../locks/file-lock.ts';
import { createLogins } from '../locks/logins.ts';
import { createStoreLock } from '../locks/store-lock.ts';
import type { LockHolder, StoreLock } from '../ports/lock.ts';
import type { Logins } from '../ports/logins.ts';
import type { Connection } from './connection.ts';

/** The run itself, before its journal is opened. @throws {LockError} */
export async function lockRun(folder: string, runId: string): Promise<HeldLock | LockHolder> {
  const me = { runId, pid: process.pid, sinceMs: systemClock.now(), step: 'starting' };
  const taken = await lockFile(runLockFile(folder, runId), me);
  return 'held' in taken ? taken.held : taken.holder;
}

export function openStoreLock({ runId, place }: Pick<Input, 'runId' | 'place'>, connection: Connection): StoreLock {
  const { region, account } = place;
  const simulator = findSimulator(connection);
  const owner = simulator === undefined ? { account } : { account: 'unknown', endpoint: simulator };
  return createStoreLock({ folder: lockFolder(), place: { region, ...owner }, runId, clock: systemClock });
}

export function openLogins(connection: Connection): Logins {
  return createLogins(lockFolder(), findSimulator(connection));
}

/** A simulator's account is nobody's: where it listens tells its stores and clusters apart. */
export function findSimulator({ endpoint }: Pick<Connection, 'endpoint'>): string | undefined {
  return endpoint !== undefined && isLoopback(endpoint) ? endpoint : undefined;
}
