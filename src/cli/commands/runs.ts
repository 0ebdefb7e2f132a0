/** `cks runs`: what this user has run on this machine, and every record of one of them. */
import { otherExitCodes } from '../../domain/outcome.ts';
import type { ConnectionOptions } from '../../library/connection.ts';
import type { FoundRuns } from '../../library/known-runs.ts';
import { listRuns, pruneRuns, type RunSummary, readRun } from '../../library/runs.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { parseDuration } from '../duration.ts';
import type { Io } from '../io.ts';
import { type OptionValues, readText } from '../option-values.ts';
import type { CommandArguments } from '../order.ts';
import { type Output, openOutput } from '../output.ts';
import type { OfflineStores, RemovedRuns, RunList, RunRecords } from '../outputs.ts';
import { renderJournal } from '../render/journal.ts';
import { renderOutages } from '../render/outages.ts';
import { renderRuns, type ShownRun } from '../render/runs.ts';
import { readForms, writeReport } from '../report-files.ts';
import { loadVerb, readConnection, readLockTable } from '../session.ts';

export async function run(io: Io, { word, optionValues }: CommandArguments): Promise<number> {
  const stateDirectory = readText(optionValues, 'state-dir');
  const prune = readText(optionValues, 'prune');
  const forms = readForms(optionValues);
  if (forms && word === undefined) throw new InvalidInputError('a report is of which run? Give its id');
  const table = readTable(optionValues);
  const most = readText(optionValues, 'max-offline');
  if (most !== undefined && (word !== undefined || prune !== undefined))
    throw new InvalidInputError('--max-offline looks at all runs, and removes none');
  const output = openOutput(io, optionValues);
  if (most !== undefined) return watchOutages(optionValues, most, output);
  if (prune !== undefined) {
    const removed = await pruneRuns(parseDuration('--prune', prune, 10 * 365 * 24), stateDirectory);
    output.write(
      { removed } satisfies RemovedRuns,
      () => `${removed.length} ${removed.length === 1 ? 'journal' : 'journals'} removed\n`,
    );
  } else if (forms && word !== undefined) {
    await writeReport(io, word, stateDirectory, forms);
  } else if (word === undefined) {
    const found = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
    const problems = found.problems.map(({ runId, problem }) => ({ runId, problem: problem.message }));
    const runs = await Promise.all(found.runs.map(lookAtStore));
    const known = table ? await findKnown(table) : undefined;
    const listed = { runs, ...(known ? { inLockTable: known.runs, tableProblems: known.problems } : {}) };
    output.write({ ...listed, problems } satisfies RunList, () => renderRuns({ ...found, ...listed }, Date.now()));
  } else {
    const lines = await readRun(word, stateDirectory);
    output.write({ runId: word, records: lines } satisfies RunRecords, () => renderJournal(lines));
  }
  return 0;
}

/** Where the runs of other machines are looked for; undefined: nowhere. @throws {InvalidInputError} */
function readTable(optionValues: OptionValues): ConnectionOptions | undefined {
  const named = readLockTable(optionValues);
  return named.lockTable === undefined ? undefined : { ...readConnection(optionValues), ...named };
}

async function findKnown(table: ConnectionOptions): Promise<FoundRuns> {
  const { findKnownRuns } = await loadVerb(() => import('../../library/known-runs.ts'));
  return findKnownRuns(table);
}

/** For a monitor: a journal or an item of the lock table that cannot be read may be of a store that is offline. */
async function watchOutages(optionValues: OptionValues, most: string, output: Output): Promise<number> {
  const maxOfflineMs = parseDuration('--max-offline', most, 10 * 365 * 24);
  const stateDirectory = readText(optionValues, 'state-dir');
  const connection = { ...readConnection(optionValues), ...readLockTable(optionValues) };
  const { findLongOutages } = await loadVerb(() => import('../../library/outages.ts'));
  const found = await findLongOutages({
    ...connection,
    maxOfflineMs,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
  const problems = found.problems.map(({ runId, problem }) => ({ runId, problem: problem.message }));
  const { offline, tableProblems } = found;
  output.write({ maxOfflineMs, offline, problems, tableProblems } satisfies OfflineStores, () =>
    renderOutages(found, most),
  );
  return offline.length + problems.length + tableProblems.length > 0 ? otherExitCodes.no : 0;
}

/** Of a run that is unfinished, the state that its store is in now. */
async function lookAtStore(run: RunSummary): Promise<ShownRun> {
  if (!run.isUnfinished) return run;
  const { findStateNow } = await loadVerb(() => import('../../library/states-now.ts'));
  return { ...run, stateNow: await findStateNow(run) };
}
