/** The verbs that look at earlier runs. */

import { type EndpointTerms, findEndpoint } from '../aws/endpoints.ts';
import { findUnfinished } from '../checks/unfinished-runs.ts';
import { type Digest, digestJournal } from '../disk/journal/digest.ts';
import type { JournalError } from '../disk/journal/errors.ts';
import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import type { JournalLine } from '../disk/journal/format.ts';
import { listJournals, readJournal, removeJournal } from '../disk/journal/shelf.ts';
import { toIso } from '../domain/duration.ts';
import { findLeftDisabled } from '../domain/fence.ts';
import { findUncured } from '../domain/outages.ts';
import { type ReportedLockOwner, toReportedLockOwner } from '../domain/safeguards.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { findRunning, lockRun } from './wiring/locks.ts';
import { findStateNow } from './wiring/states-now.ts';

export type { JournalLine } from '../disk/journal/format.ts';

/** What the journal of a run tells, in a few facts, with instants in ISO 8601. */
export interface RunFacts extends Omit<Digest, 'startedAtMs' | 'lastAtMs' | 'offlineSinceMs'> {
  readonly startedAt: string;
  /** Of the last record. */
  readonly lastAt: string;
  /** When a Disconnect was sent after which the store was not observed CONNECTED any more; null where it was, or none was. */
  readonly offlineSince: string | null;
}

export interface RunSummary extends RunFacts {
  /** It has acted and not ended, no process carries it, and no later run on its store has ended since. */
  readonly isUnfinished: boolean;
  /** ARNs of keys that its fence has left disabled, as far as no later run says otherwise. Empty while a run works on its store. */
  readonly disabledKeys: readonly string[];
  /** The process that carries it now, since when, and its step; null: none does. */
  readonly running: ReportedLockOwner | null;
}

export interface Runs {
  /** The latest first. */
  readonly runs: readonly RunSummary[];
  /** Journals that cannot be read. */
  readonly problems: readonly { readonly runId: string; readonly problem: JournalError }[];
}

/** The journals of a folder, the oldest first, and those that cannot be read. @throws {JournalError} */
export async function listDigests(folder: string): Promise<Pick<Runs, 'problems'> & { digests: readonly Digest[] }> {
  const listed = await listJournals(folder);
  return {
    digests: listed.flatMap((run) => ('digest' in run ? [run.digest] : [])),
    problems: listed.flatMap((run) => ('problem' in run ? [run] : [])),
  };
}

function toRunFacts({ startedAtMs, lastAtMs, offlineSinceMs, ...run }: Digest): RunFacts {
  const offlineSince = offlineSinceMs === null ? null : toIso(offlineSinceMs);
  return { ...run, startedAt: toIso(startedAtMs), lastAt: toIso(lastAtMs), offlineSince };
}

/** As its public name says. @throws {JournalError} */
export async function listRuns({ stateDirectory }: { readonly stateDirectory?: string } = {}): Promise<Runs> {
  const folder = runsFolder(stateFolder(stateDirectory));
  const { digests, problems } = await listDigests(folder);
  const unfinished = new Set(findUnfinished(digests));
  const left = findLeftDisabled(digests.toReversed());
  const listed = await Promise.all(
    digests.map(async (digest) => {
      const owner = digest.hasEnded ? null : await findRunning(folder, digest.runId);
      return { digest, running: owner && toReportedLockOwner(owner) };
    }),
  );
  const isAtWork = ({ customKeyStoreId, region, endpoint }: Digest) =>
    listed.some(({ digest: other, running }) => {
      const isSame = other.region === region && other.endpoint === endpoint;
      return running !== null && isSame && other.customKeyStoreId === customKeyStoreId;
    });
  const runs = listed.map(({ digest, running }): RunSummary => {
    const disabledKeys = isAtWork(digest) ? [] : (left.get(digest) ?? []).map(({ keyId }) => keyId);
    return { ...toRunFacts(digest), disabledKeys, running, isUnfinished: running === null && unfinished.has(digest) };
  });
  return { runs: runs.reverse(), problems };
}

/** The latest unfinished run on a store, by its id or name, at the same endpoint. @throws {JournalError} */
export async function findUnfinishedRun(
  store: string,
  { stateDirectory, ...terms }: EndpointTerms & { readonly stateDirectory?: string },
): Promise<RunSummary | undefined> {
  const endpoint = await findEndpoint(terms);
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const isMeant = (run: RunSummary) => [run.customKeyStoreId, run.storeName].includes(store);
  return runs.find((run) => run.isUnfinished && run.endpoint === endpoint && isMeant(run));
}

/** One run in a few facts. @throws {JournalError} */
export async function summarizeRun(runId: string, stateDirectory?: string): Promise<RunFacts> {
  return toRunFacts(digestJournal(await readJournal(runsFolder(stateFolder(stateDirectory)), runId)));
}

/** Whether a process of this machine carries the run, or another run on its store. @throws {JournalError} */
export async function isStoreAtWork(runId: string, stateDirectory?: string): Promise<boolean> {
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
  const meant = runs.find((run) => run.runId === runId);
  return runs.some(
    ({ running, customKeyStoreId, endpoint }) =>
      running !== null && customKeyStoreId === meant?.customKeyStoreId && endpoint === meant?.endpoint,
  );
}

/** As its public name says. @throws {JournalError} */
export async function readRun(runId: string, stateDirectory?: string): Promise<readonly JournalLine[]> {
  return (await readJournal(runsFolder(stateFolder(stateDirectory)), runId)).lines;
}

/** As its public name says. @throws {JournalError} @throws {LockError} */
export async function pruneRuns(olderThanMs: number, stateDirectory?: string): Promise<readonly string[]> {
  const folder = runsFolder(stateFolder(stateDirectory));
  const beforeMs = systemClock.now() - olderThanMs;
  const { digests } = await listDigests(folder);
  const unwell = new Set(await findUnwell(digests));
  const left = findLeftDisabled(digests.toReversed());
  const isNeeded = (run: Digest) => unwell.has(run) || (left.get(run) ?? []).length > 0;
  const removed: string[] = [];
  for (const digest of digests.filter((run) => isOver(run, beforeMs) && !isNeeded(run))) {
    if (await removeIfIdle(folder, digest.runId, beforeMs)) removed.push(digest.runId);
  }
  return removed;
}

function isOver({ lastAtMs, hasEnded, isOffline, mayLeaveStore }: Digest, beforeMs: number): boolean {
  return lastAtMs < beforeMs && (hasEnded || !(isOffline || mayLeaveStore));
}

/** Runs that ended without the state that was wanted, on stores that have not been brought back since. */
async function findUnwell(digests: readonly Digest[]): Promise<readonly Digest[]> {
  const uncured = findUncured(digests);
  const states = await Promise.all(uncured.map(findStateNow));
  return uncured.filter((_, at) => states[at] !== 'CONNECTED');
}

/** A run that waits for its window, say, is alive however old its last line is. */
async function removeIfIdle(folder: string, runId: string, beforeMs: number): Promise<boolean> {
  const taken = await lockRun(folder, runId);
  if (!('release' in taken)) return false;
  try {
    // A process may have continued it since the list was made.
    if (!isOver(digestJournal(await readJournal(folder, runId)), beforeMs)) return false;
    await removeJournal(folder, runId);
    return true;
  } finally {
    taken.release();
  }
}
