/** The latest run on a store that did not end well, or not at all, and the evidence in the journals of such runs. */
import { findSuccessor } from '../../checks/unfinished-runs.ts';
import { JournalError } from '../../disk/journal/errors.ts';
import { runsFolder, stateFolder } from '../../disk/journal/folders.ts';
import type { JournalContents } from '../../disk/journal/parse.ts';
import { mayName, readJournal } from '../../disk/journal/shelf.ts';
import type { OpenRun } from '../../domain/diagnosis.ts';
import { leavesAsWanted } from '../../domain/lease.ts';
import { isCanary } from '../../domain/parse-resume-state.ts';
import type { OlderCanary } from '../../key-verification/test-keys.ts';
import { listRuns, type RunSummary } from '../runs.ts';

export interface RunsOfStore {
  /** The latest first. */
  readonly runs: readonly RunSummary[];
  /** Why a journal that may be of this store cannot be read. */
  readonly problems: readonly string[];
}

/** Of this store at this endpoint. */
export async function findRunsOf(
  customKeyStoreId: string,
  endpoint: string | undefined,
  stateDirectory: string | undefined,
): Promise<RunsOfStore> {
  const folder = runsFolder(stateFolder(stateDirectory));
  try {
    const listed = await listRuns(stateDirectory === undefined ? {} : { stateDirectory });
    const unreadable = await Promise.all(
      listed.problems.map(async ({ runId, problem }) =>
        (await mayName(customKeyStoreId, folder, runId)) ? [problem.message] : [],
      ),
    );
    const isMeant = (run: RunSummary) => run.customKeyStoreId === customKeyStoreId && run.endpoint === endpoint;
    return { runs: listed.runs.filter(isMeant), problems: unreadable.flat() };
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { runs: [], problems: [error.message] };
  }
}

/** `runs`: of one store, the latest first. */
export function listOpenRuns(runs: readonly RunSummary[]): readonly OpenRun[] {
  const all = runs.map((run) => ({ ...run, startedAtMs: Date.parse(run.startedAt) }));
  return all
    .filter(({ running, hasEnded, hasWritten, outcome }) => {
      if (running !== null) return false;
      return hasEnded ? outcome !== null && !leavesAsWanted(outcome) : hasWritten;
    })
    .filter((run) => {
      const continuing = all.filter(({ resumedFrom }) => resumedFrom === run.runId);
      return findSuccessor(run, continuing) === undefined;
    })
    .map((run) => ({
      runId: run.runId,
      outcome: run.outcome,
      isResumable: findSuccessor(run, all) === undefined,
    }));
}

/** The canaries that these runs had before their change, with the run of each. A journal that is gone has none. */
export async function readCanariesOf(
  runs: readonly OpenRun[],
  stateDirectory: string | undefined,
): Promise<readonly OlderCanary[]> {
  const folder = runsFolder(stateFolder(stateDirectory));
  const read = await Promise.all(
    runs.map(async ({ runId }) => {
      try {
        return listCanaries(await readJournal(folder, runId)).map((canary) => ({ ...canary, runId }));
      } catch (error) {
        if (error instanceof JournalError) return [];
        throw error;
      }
    }),
  );
  const all = read.flat();
  return all.filter(({ ciphertext }, at) => all.findIndex((one) => one.ciphertext === ciphertext) === at);
}

/** Of the run that it continues, and its own; another version may have written them. */
function listCanaries({ header, records }: JournalContents) {
  const values = records.flatMap((record) => (record.kind === 'result' ? [record.value] : []));
  const { resumedFrom } = Object(header.input) as { readonly resumedFrom?: unknown };
  return [resumedFrom, ...values].flatMap((value) => {
    const { preparation } = Object(value) as { readonly preparation?: unknown };
    const { canaries } = Object(preparation) as { readonly canaries?: unknown };
    return Array.isArray(canaries) ? canaries.filter(isCanary) : [];
  });
}
