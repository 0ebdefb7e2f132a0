/** The verb that looks at the runs of all machines, by their locks. */
import { type KnownRun, listKnownRuns } from '../dynamodb/known-runs.ts';
import { explainTable } from '../dynamodb/table.ts';
import { LockError } from '../ports/lock.ts';
import { type ConnectionOptions, connect } from './connection.ts';

export type { KnownRun } from '../dynamodb/known-runs.ts';

/** At work now, or left unfinished; none where no lock table is named. @throws {LockError} where it cannot be read. */
export async function findKnownRuns(options: ConnectionOptions): Promise<readonly KnownRun[]> {
  const { lockTable } = await connect(options);
  if (lockTable === null) return [];
  const runs = await listKnownRuns(lockTable);
  if (!runs.ok) throw new LockError(explainTable(lockTable.name, runs.failure));
  return runs.value;
}
