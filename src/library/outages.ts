/** The verb for a monitor: which stores runs have offline for too long, by the journals of this machine and the lock table. */

import { explainItem, explainTable } from '../aws/dynamodb/table.ts';
import { listOutages, type TableOutage } from '../aws/dynamodb/table-lock.ts';
import type { Digest } from '../disk/journal/digest.ts';
import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { toIso } from '../domain/duration.ts';
import { findOutages, type KnownOutage } from '../domain/outages.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { LockError } from '../ports/lock.ts';
import { listDigests, type Runs } from './runs.ts';
import { type ConnectionOptions, connect, connectionOptions } from './wiring/connection.ts';
import { milliseconds, requireOptions, text } from './wiring/expected.ts';
import { findLockTable } from './wiring/lock-table.ts';
import { findStateNow } from './wiring/states-now.ts';

export interface OutageOptions extends ConnectionOptions {
  /** Outages that are longer are found, in milliseconds. */
  readonly maxOfflineMs: number;
  /**
   * The folder of the journals.
   *
   * @default `CKS_STATE_DIR`, else the folder of the platform for the state of programs
   */
  readonly stateDirectory?: string;
}

export interface LongOutage {
  readonly customKeyStoreId: string;
  /** Null where only the lock table knows of it. */
  readonly storeName: string | null;
  readonly account: string;
  readonly region: string;
  /** ISO 8601. */
  readonly since: string;
  readonly offlineMs: number;
  /** The run that resumes it. */
  readonly runId: string;
  /** The host of that run; absent: this machine, or it is not known. */
  readonly host?: string;
}

export interface LongOutages extends Pick<Runs, 'problems'> {
  /** Why items of the lock table cannot be read: their stores may be offline. */
  readonly tableProblems: readonly string[];
  /** The longest first. */
  readonly offline: readonly LongOutage[];
}

/** As its public name says. @throws {JournalError} @throws {LockError} */
export async function findLongOutages(options: OutageOptions): Promise<LongOutages> {
  requireOptions(options, { ...connectionOptions, maxOfflineMs: milliseconds, stateDirectory: text });
  const { maxOfflineMs, stateDirectory } = options;
  const { digests, problems } = await listDigests(runsFolder(stateFolder(stateDirectory)));
  const nowMs = systemClock.now();
  const isLong = ({ sinceMs }: { readonly sinceMs: number }) => nowMs - sinceMs > maxOfflineMs;
  const here = findOutages(digests).filter(isLong);
  const states = await Promise.all(here.map(({ run }) => findStateNow(run)));
  const isBack = (at: number) => states[at] === 'CONNECTED';
  const known = new Set(here.map(({ run }) => run.customKeyStoreId));
  const table = await readTable(options);
  const there = table.outages.filter(isLong).filter((one) => !known.has(one.customKeyStoreId));
  const offline = [...here.filter((_, at) => !isBack(at)).map(describeRun), ...there.map(describeItem)];
  return {
    problems,
    tableProblems: table.problems,
    offline: offline
      .sort((a, b) => a.sinceMs - b.sinceMs)
      .map(({ sinceMs, ...one }) => ({ ...one, since: toIso(sinceMs), offlineMs: nowMs - sinceMs })),
  };
}

interface ReadTable {
  readonly outages: readonly TableOutage[];
  readonly problems: readonly string[];
}

async function readTable(options: OutageOptions): Promise<ReadTable> {
  const lockTable = findLockTable(options) === undefined ? null : (await connect(options)).lockTable;
  if (lockTable === null) return { outages: [], problems: [] };
  const listed = await listOutages(lockTable);
  if (!listed.ok) throw new LockError(explainTable(lockTable.name, listed.failure));
  const { outages, unreadable } = listed.value;
  return { outages, problems: unreadable.map((id) => explainTable(lockTable.name, explainItem(id))) };
}

type Described = Omit<LongOutage, 'since' | 'offlineMs'> & { readonly sinceMs: number };

function describeRun({ run, sinceMs }: KnownOutage<Digest>): Described {
  const { runId, account, region, customKeyStoreId, storeName } = run;
  return { customKeyStoreId: customKeyStoreId ?? '', storeName, account, region, runId, sinceMs };
}

function describeItem({ runId, account, region, customKeyStoreId, sinceMs, host }: TableOutage): Described {
  return { customKeyStoreId, storeName: null, account, region, runId, sinceMs, ...(host ? { host } : {}) };
}
