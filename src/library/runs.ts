/** The verbs that look at earlier runs. */
import { findUnfinished } from '../checks/unfinished-runs.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { type Digest, digestJournal } from '../journal/digest.ts';
import type { JournalError } from '../journal/errors.ts';
import { runsFolder, stateFolder } from '../journal/folders.ts';
import type { JournalLine } from '../journal/format.ts';
import { listJournals, pruneJournals, readJournal } from '../journal/shelf.ts';
import { findEndpoint } from './connection.ts';

export type { JournalLine } from '../journal/format.ts';

export interface RunSummary extends Digest {
  /** It has acted and not ended, and no later run on its store has ended since. */
  readonly isUnfinished: boolean;
}

export interface Runs {
  /** The latest first. */
  readonly runs: readonly RunSummary[];
  /** Journals that cannot be read. */
  readonly problems: readonly { readonly runId: string; readonly problem: JournalError }[];
}

/** @throws {JournalError} when the folder cannot be read. */
export async function listRuns({ stateDirectory }: { readonly stateDirectory?: string } = {}): Promise<Runs> {
  const listed = await listJournals(runsFolder(stateFolder(stateDirectory)));
  const digests = listed.flatMap((run) => ('digest' in run ? [run.digest] : []));
  const unfinished = new Set(findUnfinished(digests));
  return {
    runs: digests.map((digest) => ({ ...digest, isUnfinished: unfinished.has(digest) })).reverse(),
    problems: listed.flatMap((run) => ('problem' in run ? [run] : [])),
  };
}

/** The latest unfinished run on a store, by its id or name, at the same endpoint. @throws {JournalError} */
export async function findUnfinishedRun(
  store: string,
  { stateDirectory, endpoint = findEndpoint() }: { readonly stateDirectory?: string; readonly endpoint?: string },
): Promise<RunSummary | undefined> {
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const isMeant = (run: RunSummary) => [run.customKeyStoreId, run.storeName].includes(store);
  return runs.find((run) => run.isUnfinished && run.endpoint === endpoint && isMeant(run));
}

/** One run in a few facts. @throws {JournalError} */
export async function summarizeRun(runId: string, stateDirectory?: string): Promise<Digest> {
  return digestJournal(await readJournal(runsFolder(stateFolder(stateDirectory)), runId));
}

/** Every line of a run's journal, oldest first. @throws {JournalError} */
export async function readRun(runId: string, stateDirectory?: string): Promise<readonly JournalLine[]> {
  return (await readJournal(runsFolder(stateFolder(stateDirectory)), runId)).lines;
}

/** Removes old journals and says whose; never one of an unfinished run whose store may be offline. @throws {JournalError} */
export function pruneRuns(olderThanMs: number, stateDirectory?: string): Promise<readonly string[]> {
  return pruneJournals(runsFolder(stateFolder(stateDirectory)), { beforeMs: systemClock.now() - olderThanMs });
}
