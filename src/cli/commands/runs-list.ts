/** `cks runs list`, and `cks runs` alone: what this user has run on this machine, and with a lock table on all machines. */
import type { ConnectionOptions } from '../../library/connection.ts';
import type { FoundRuns } from '../../library/known-runs.ts';
import { listRuns, type RunSummary } from '../../library/runs.ts';
import type { Io } from '../io.ts';
import { type OptionValues, readText } from '../option-values.ts';
import type { CommandArguments } from '../order.ts';
import { openOutput } from '../output.ts';
import type { RunList } from '../outputs.ts';
import { renderRuns, type ShownRun } from '../render/runs.ts';
import { loadVerb, readConnection, readLockTable } from '../session.ts';

export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const stateDirectory = readText(optionValues, 'state-dir');
  const table = readTable(optionValues);
  const output = openOutput(io, optionValues);
  const found = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const problems = found.problems.map(({ runId, problem }) => ({ runId, problem: problem.message }));
  const runs = await Promise.all(found.runs.map(observeState));
  const known = table ? await findKnown(table) : undefined;
  const listed = { runs, ...(known ? { inLockTable: known.runs, tableProblems: known.problems } : {}) };
  output.write({ ...listed, problems } satisfies RunList, () => renderRuns({ ...found, ...listed }, Date.now()));
  return 0;
}

/** The lock table with the runs of other machines, if any is named. @throws {InvalidInputError} */
function readTable(optionValues: OptionValues): ConnectionOptions | undefined {
  const named = readLockTable(optionValues);
  return named.lockTable === undefined ? undefined : { ...readConnection(optionValues), ...named };
}

async function findKnown(table: ConnectionOptions): Promise<FoundRuns> {
  const { findKnownRuns } = await loadVerb(() => import('../../library/known-runs.ts'));
  return findKnownRuns(table);
}

/** Adds the current state of the store to a run that is unfinished. */
async function observeState(run: RunSummary): Promise<ShownRun> {
  if (!run.isUnfinished) return run;
  const { findStateNow } = await loadVerb(() => import('../../library/states-now.ts'));
  return { ...run, stateNow: await findStateNow(run) };
}
