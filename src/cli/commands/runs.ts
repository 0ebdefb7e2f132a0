/** `cks runs`: list, show, report, check and prune the runs of this user on this machine; with a lock table, also those of other machines. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { toJson } from '../../domain/printable.ts';
import type { FoundRuns } from '../../library/known-runs.ts';
import { isStoreAtWork, listRuns, pruneRuns, type RunSummary, readRun } from '../../library/runs.ts';
import type { ConnectionOptions } from '../../library/wiring/connection.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { type CommandArguments, readRunId } from '../input/request.ts';
import { loadVerb, readConnection, readLockTable } from '../input/session.ts';
import { longestAgeHours, readDuration } from '../options/duration.ts';
import { hasFlag, type OptionValues, readText } from '../options/option-values.ts';
import { openOutput, writePrivately } from '../output/output.ts';
import { renderJournal } from '../output/render/journal.ts';
import { renderOutages } from '../output/render/outages.ts';
import { renderRuns, type ShownRun } from '../output/render/runs.ts';
import type { OfflineStores, RemovedRuns, RunList, RunRecords } from '../output/schemas.ts';
import type { Io } from '../terminal/io.ts';

export async function list(io: Io, { optionValues }: CommandArguments): Promise<number> {
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
  const { findStateNow } = await loadVerb(() => import('../../library/wiring/states-now.ts'));
  return { ...run, stateNow: await findStateNow(run) };
}

export async function show(io: Io, args: CommandArguments): Promise<number> {
  const runId = readRunId(args);
  const output = openOutput(io, args.optionValues);
  const stateDirectory = readText(args.optionValues, 'state-dir');
  const records = await readRun(runId, stateDirectory);
  const isAtWork = await isStoreAtWork(runId, stateDirectory);
  output.write({ runId, records } satisfies RunRecords, () => renderJournal(records, isAtWork));
  return 0;
}

export async function report(io: Io, args: CommandArguments): Promise<number> {
  const forms = readForms(args.optionValues);
  await writeReport(io, readRunId(args), readText(args.optionValues, 'state-dir'), forms);
  return 0;
}

interface ReportForms {
  readonly html: string | undefined;
  /** True: on standard output. */
  readonly markdown: string | true | undefined;
  readonly json: boolean;
}

/** Markdown on standard output by default. @throws {InvalidInputError} */
function readForms(optionValues: OptionValues): ReportForms {
  const html = readText(optionValues, 'html');
  const markdown = hasFlag(optionValues, 'markdown') || readText(optionValues, 'markdown');
  const json = hasFlag(optionValues, 'json');
  if (json && markdown === true) throw new InvalidInputError('--json and --markdown cannot both go to standard output');
  const isDefault = html === undefined && !markdown && !json;
  return { html, markdown: isDefault || markdown || undefined, json };
}

/** @throws {JournalError} @throws {InvalidInputError} when a file cannot be written */
async function writeReport(
  { stdout, stderr }: Io,
  runId: string,
  stateDirectory: string | undefined,
  { html, markdown, json }: ReportForms,
): Promise<void> {
  const { reportRun } = await loadVerb(() => import('../../library/report-run.ts'));
  const report = await reportRun(runId, stateDirectory);
  const write = (file: string, text: string) => {
    try {
      writePrivately(file, text);
    } catch (error) {
      throw new InvalidInputError(`the report cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
    stderr.write(`the report of ${runId} is in ${file}\n`);
  };
  if (html !== undefined) write(html, (await import('../../report/html/page.ts')).renderPage(report));
  if (markdown !== undefined) {
    const text = (await import('../../report/markdown.ts')).renderMarkdown(report);
    if (markdown === true) stdout.write(text);
    else write(markdown, text);
  }
  if (json) stdout.write(`${toJson(report, 2)}\n`);
}

/** A journal or an item of the lock table that cannot be read counts as an outage: its store may be offline. */
export async function check(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const maxOfflineMs = readDuration(optionValues, 'max-offline', '15m', longestAgeHours);
  const stateDirectory = readText(optionValues, 'state-dir');
  const connection = { ...readConnection(optionValues), ...readLockTable(optionValues) };
  const output = openOutput(io, optionValues);
  const { findLongOutages } = await loadVerb(() => import('../../library/outages.ts'));
  const found = await findLongOutages({
    ...connection,
    maxOfflineMs,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
  const problems = found.problems.map(({ runId, problem }) => ({ runId, problem: problem.message }));
  const { offline, tableProblems } = found;
  output.write({ maxOfflineMs, offline, problems, tableProblems } satisfies OfflineStores, () =>
    renderOutages(found, readText(optionValues, 'max-offline') ?? ''),
  );
  return offline.length + problems.length + tableProblems.length > 0 ? otherExitCodes.no : 0;
}

export async function prune(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const olderThanMs = readDuration(optionValues, 'older-than', '720h', longestAgeHours);
  const output = openOutput(io, optionValues);
  const removed = await pruneRuns(olderThanMs, readText(optionValues, 'state-dir'));
  output.write(
    { removed } satisfies RemovedRuns,
    () => `${removed.length} ${removed.length === 1 ? 'journal' : 'journals'} removed\n`,
  );
  return 0;
}
