/** The verb that reports on an earlier run. */
import type { Input } from '../../machines/safe-update/index.ts';
import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { readJournal } from '../disk/journal/shelf.ts';
import type { RunReport } from '../report/model.ts';
import { readReport } from '../report/read-report.ts';
import { readPast } from '../run/past.ts';
import { isStoreAtWork } from './runs.ts';
import { isReplayable } from './wiring/replay.ts';

/** As its public name says. @throws {JournalError} */
export async function reportRun(runId: string, stateDirectory?: string): Promise<RunReport> {
  const { header, lines, records } = await readJournal(runsFolder(stateFolder(stateDirectory)), runId);
  // Another version's machine may have planned otherwise.
  const plan = isReplayable(header) ? readPast(header.input as Input, records).context.plan : null;
  const report = readReport(lines, plan);
  if (report.hasEnded || !(await isStoreAtWork(runId, stateDirectory))) return report;
  return { ...report, nextCommands: [`cks stop ${runId}`] };
}
