/** Who works on a store and what earlier runs have left on it, by the lock of this machine and by the lock table. Takes no lock. */

import { explainTable } from '../../aws/dynamodb/table.ts';
import { explainUnknownOwner, readStoreLock } from '../../aws/dynamodb/table-lock.ts';
import { lockFolder } from '../../disk/journal/folders.ts';
import { findLockOwner } from '../../disk/locks/file-lock.ts';
import { storeLockFile } from '../../disk/locks/store-lock.ts';
import type { UnfinishedRun } from '../../domain/diagnosis.ts';
import { toIso } from '../../domain/duration.ts';
import { type LockOwner, type ReportedLockOwner, toReportedLockOwner } from '../../domain/safeguards.ts';
import type { Connection } from './connection.ts';
import { findSimulator, locate } from './locate.ts';

export interface Workers {
  readonly atWork: ReportedLockOwner | null;
  readonly left: UnfinishedRun | null;
  /** Since when the store is offline, as the lock table has it. */
  readonly offline: { readonly since: string; readonly runId: string } | null;
  /** Why the lock table does not tell. A run would be refused for it. */
  readonly problem: string | null;
}

export async function findWorkers(
  customKeyStoreId: string,
  { lockTable, endpoint, place, findAccount }: Pick<Connection, 'lockTable' | 'endpoint' | 'place' | 'findAccount'>,
): Promise<Workers> {
  const here = await findLockOwner(storeLockFile(lockFolder(), customKeyStoreId, findSimulator({ endpoint }))).catch(
    () => null,
  );
  const report = (owner: LockOwner | null) => owner && toReportedLockOwner(owner);
  const none: Workers = { atWork: report(here), left: null, offline: null, problem: null };
  if (lockTable === null) return none;
  const where = locate({ ...place, account: await findAccount() }, endpoint);
  if (where.account === 'unknown' && where.endpoint === undefined) return { ...none, problem: explainUnknownOwner };
  const read = await readStoreLock(lockTable, where, customKeyStoreId);
  if (!read.ok) return { ...none, problem: explainTable(lockTable.name, read.failure) };
  const { owner, left, outage } = read.value;
  return {
    atWork: report(here ?? owner),
    left: left[0] ?? null,
    offline: outage ? { since: toIso(outage.sinceMs), runId: outage.runId } : null,
    problem: null,
  };
}
