/** What keeps two processes apart: from the same run, and from the same store. */
import { hostname } from 'node:os';
import type { Input } from '../../../machines/safe-update/index.ts';
import { createTableLogins } from '../../aws/dynamodb/logins.ts';
import { awake, createTableLock } from '../../aws/dynamodb/table-lock.ts';
import { lockFolder } from '../../disk/journal/folders.ts';
import { runLockFile } from '../../disk/journal/shelf.ts';
import { combineLocks } from '../../disk/locks/combine-locks.ts';
import { findLockOwner, type HeldLock, lockFile } from '../../disk/locks/file-lock.ts';
import { createLogins } from '../../disk/locks/logins.ts';
import { createStoreLock } from '../../disk/locks/store-lock.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import { LockError, type LockOwner, type StoreLock } from '../../ports/lock.ts';
import type { KeptLogins } from '../../ports/logins.ts';
import type { Connection } from './connection.ts';
import { findSimulator, locate } from './locate.ts';
import type { Warn } from './warnings.ts';

/** The run itself, before its journal is opened. @throws {LockError} */
export async function lockRun(folder: string, runId: string): Promise<HeldLock | LockOwner> {
  const me = { runId, pid: process.pid, sinceMs: systemClock.now(), step: 'starting' };
  const taken = await lockFile(runLockFile(folder, runId), me);
  return 'held' in taken ? taken.held : taken.owner;
}

/** The process that carries the run now; null: none does, as far as this machine knows. */
export async function findRunning(folder: string, runId: string): Promise<LockOwner | null> {
  try {
    return await findLockOwner(runLockFile(folder, runId));
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return null;
  }
}

/**
 * Null: the disk refuses the lock, and the run continues without it, because it continues one that has acted.
 *
 * @throws {LockError} where nothing was sent yet.
 */
export async function lockIfPossible<T>(take: () => Promise<T>, hasActed: boolean, warn: Warn): Promise<T | null> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof LockError && hasActed)) throw error;
    warn('lock.unsure', error.message);
    return null;
  }
}

/** On this machine, and then in the table that the connection names. */
export function openStoreLock(
  { runId, place: { region, account }, resumedFrom }: Pick<Input, 'runId' | 'place' | 'resumedFrom'>,
  { lockTable: table, endpoint }: Pick<Connection, 'lockTable' | 'endpoint'>,
  warn: Warn,
): StoreLock {
  const simulator = findSimulator({ endpoint });
  const where = { folder: lockFolder(), ...(simulator === undefined ? {} : { simulator }) };
  const here = createStoreLock({ ...where, runId, clock: systemClock });
  if (table === null) return here;
  const place = locate({ region, account }, endpoint);
  const me = { runId, pid: process.pid, host: hostname(), ...(resumedFrom ? { resumedFrom: resumedFrom.runId } : {}) };
  const onRestored = (message: string) => warn('lock.restored', message);
  return combineLocks(here, createTableLock({ table, place, ...me, clock: systemClock, terms: awake, onRestored }));
}

export function openLogins(connection: Pick<Connection, 'lockTable' | 'endpoint'>): KeptLogins {
  const simulator = findSimulator(connection);
  const here = createLogins(lockFolder(), { simulator });
  return connection.lockTable === null ? here : createTableLogins(connection.lockTable, here, simulator);
}
