/** The verb that looks at the runs of all machines, by their locks. */
import { type KnownRun, listKnownRuns } from '../aws/dynamodb/known-runs.ts';
import { explainItem, explainTable } from '../aws/dynamodb/table.ts';
import { LockError } from '../ports/lock.ts';
import { type ConnectionOptions, connect, connectionOptions } from './wiring/connection.ts';
import { requireOptions } from './wiring/expected.ts';

export type { KnownRun } from '../aws/dynamodb/known-runs.ts';

export interface FoundRuns {
  readonly runs: readonly KnownRun[];
  /** Why items of the lock table cannot be read: they may be of runs at work. */
  readonly problems: readonly string[];
}

/** As its public name says. @throws {LockError} */
export async function findKnownRuns(options: ConnectionOptions): Promise<FoundRuns> {
  requireOptions(options, connectionOptions);
  const { lockTable } = await connect(options);
  if (lockTable === null) return { runs: [], problems: [] };
  const known = await listKnownRuns(lockTable);
  if (!known.ok) throw new LockError(explainTable(lockTable.name, known.failure));
  const { runs, unreadable } = known.value;
  return { runs, problems: unreadable.map((id) => explainTable(lockTable.name, explainItem(id))) };
}
