/** The verb that asks a run for a stop, on this machine or through the lock table. */
import { randomUUID } from 'node:crypto';
import { requestStop } from '../aws/dynamodb/runs.ts';
import { explainTable, type Table } from '../aws/dynamodb/table.ts';
import { JournalError } from '../disk/journal/errors.ts';
import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { readJournal } from '../disk/journal/shelf.ts';
import { requestFileStop } from '../disk/journal/stop-file.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { LockError } from '../ports/lock.ts';
import { type ConnectionOptions, connect, connectionOptions } from './wiring/connection.ts';
import { requireOptions, text } from './wiring/expected.ts';
import { findLockTable } from './wiring/lock-table.ts';
import { lockRun } from './wiring/locks.ts';

export interface StopOptions extends ConnectionOptions {
  /** Id of the run. */
  readonly runId: string;
  /**
   * The folder of the journals.
   *
   * @default `CKS_STATE_DIR`, else the folder of the platform for the state of programs
   */
  readonly stateDirectory?: string;
}

export interface StopAnswer {
  readonly isRequested: boolean;
  readonly message: string;
}

/** As its public name says. @throws {JournalError} @throws {LockError} */
export async function stopRun(options: StopOptions): Promise<StopAnswer> {
  requireOptions(options, { ...connectionOptions, runId: text, stateDirectory: text });
  const isElsewhere = findLockTable(options) !== undefined;
  const here = await stopHere(options);
  if (here.isRequested || !isElsewhere) return here;
  const { lockTable } = await connect(options);
  return lockTable === null ? here : stopThere(lockTable, options);
}

async function stopThere(table: Table, { runId }: StopOptions): Promise<StopAnswer> {
  const answer = await requestStop(table, runId, systemClock.now());
  if (!answer.ok) throw new LockError(explainTable(table.name, answer.failure));
  return { isRequested: answer.value === 'requested', message: `run ${runId} ${words[answer.value]}` };
}

const words = {
  requested: 'was asked to stop at its next safe place',
  absent: 'is not known to the lock table',
  ended: 'is not running',
  silent: 'does not hold its lock any more: its process is gone',
} as const;

async function stopHere({ runId, stateDirectory }: StopOptions): Promise<StopAnswer> {
  const folder = runsFolder(stateFolder(stateDirectory));
  try {
    await readJournal(folder, runId);
  } catch (error) {
    if (!(error instanceof JournalError && error.problem === 'unknown')) throw error;
    return { isRequested: false, message: error.message };
  }
  const taken = await lockRun(folder, runId);
  if ('release' in taken) {
    taken.release();
    return { isRequested: false, message: `run ${runId} ${words.ended}` };
  }
  await requestFileStop(folder, runId, `${randomUUID()}\n`);
  return { isRequested: true, message: `run ${runId} (process ${taken.pid}) ${words.requested}` };
}
