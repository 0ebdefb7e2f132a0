/** Carries a run to its end: over its journal, under the lock of its store, with the logins that were counted before. */
import type { Input } from '../../../machines/safe-update/index.ts';
import { createTableStops, openRun } from '../../aws/dynamodb/runs.ts';
import type { Table } from '../../aws/dynamodb/table.ts';
import type { Journal } from '../../disk/journal/journal.ts';
import { openFileStops } from '../../disk/journal/stop-file.ts';
import type { HeldLock } from '../../disk/locks/file-lock.ts';
import { leaveKeysToRunAtWork } from '../../domain/next-commands.ts';
import type { Outcome, RunResult } from '../../domain/outcome.ts';
import { createLocalHost } from '../../hosts/local.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { StoreLock } from '../../ports/lock.ts';
import { unkeptLog } from '../../ports/log.ts';
import type { Emit } from '../../ports/progress.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Stops } from '../../ports/stops.ts';
import { InvalidInputError, UnfinishedRunError } from '../../run/errors.ts';
import type { Ports } from '../../run/run.ts';
import { type StartOptions, startRun } from '../../run/start.ts';
import type { RunOptions } from '../options.ts';
import { type Connection, logRequests } from './connection.ts';
import { openEmitter } from './emitter.ts';
import { listenForReleases, unattended } from './listen-for-releases.ts';
import { createPorts } from './ports.ts';
import { watchForStop } from './watch-for-stop.ts';

export interface Journey {
  readonly input: Input;
  readonly connection: Connection;
  readonly secrets: Secrets;
  readonly options: RunOptions;
  /** Null: the caller wants none. */
  readonly journal: Journal | null;
  readonly lock: StoreLock;
  /** Held until the run is over. */
  readonly runLock: HeldLock | null;
  /** Where other runs have their journals. */
  readonly folder: string;
  /** It is resumed: an earlier stop no longer counts. */
  readonly isResumed?: boolean;
}

/** Takes a run to its end. */
export type Work = (ports: Ports, input: Input, options: StartOptions) => Promise<RunResult>;

/** @throws what the work throws; then the journal stays without an end, but for a wrong input. */
export async function carry(journey: Journey, work: Work = startRun): Promise<RunResult> {
  const { input, connection, secrets, options, journal, lock, runLock } = journey;
  const emitter = openEmitter(input, connection, secrets, options);
  const stops = watchForStop(await openStops(journey), systemClock, options.signal);
  let outcome: Outcome | null = null;
  try {
    const { signal } = stops;
    const inspect = options.inspect && makeHarmless(options.inspect);
    const run = () => work(openPorts(journey, emitter.emit), input, { signal, ...(inspect ? { inspect } : {}) });
    const result = leaveKeysToRunAtWork(await logRequests(connection, emitter.logger, run));
    outcome = result.outcome;
    emitter.end(result);
    await journal?.finish({ atMs: systemClock.now(), outcome: result.outcome, result });
    return { ...result, journal: describeJournal(journal) };
  } catch (error) {
    if (error instanceof InvalidInputError)
      await journal?.finish({ atMs: systemClock.now(), outcome: null, result: null });
    else emitter.end(null);
    if (error instanceof UnfinishedRunError && journal?.isResumable === false && input.resumedFrom)
      error.runId = input.resumedFrom.runId;
    throw error;
  } finally {
    stops.end();
    await journal?.close();
    await lock.release(outcome);
    runLock?.release();
    await emitter.flush();
  }
}

/** What only looks on must not disturb a run that may have a store offline. */
function makeHarmless(inspect: NonNullable<RunOptions['inspect']>): NonNullable<RunOptions['inspect']> {
  return (event) => {
    try {
      inspect(event);
    } catch {
      // The run does not depend on it.
    }
  };
}

/** Where this run may be asked for a stop. */
async function openStops({ input, connection, journal, folder, isResumed }: Journey): Promise<readonly Stops[]> {
  const { runId } = input;
  const { lockTable } = connection;
  return [
    ...(journal ? [await openFileStops(folder, runId)] : []),
    ...(lockTable ? [openTableStops(lockTable, runId, isResumed ?? false)] : []),
  ];
}

/** Not awaited: if the table does not answer, the lock says so. */
function openTableStops(table: Table, runId: string, isResumed: boolean): Stops {
  const opened = openRun(table, runId, systemClock.now(), isResumed);
  const stops = createTableStops(table, runId);
  return {
    async isRequested() {
      await opened;
      return stops.isRequested();
    },
  };
}

function describeJournal(journal: Journal | null): NonNullable<RunResult['journal']> {
  if (journal === null) return 'none';
  return journal.isComplete ? 'complete' : 'incomplete';
}

function openPorts({ journal, lock, runLock, folder, ...journey }: Journey, told: Emit): Ports {
  const emit: StoreLock['recordStep'] = (step, offlineSinceMs) => {
    lock.recordStep(step, offlineSinceMs);
    runLock?.recordStep(step);
  };
  const host = createLocalHost(journal?.log ?? unkeptLog, systemClock);
  const kept = journal ? folder : null;
  const options = { ...journey.options, ...findOperatorPrompt(journey.input, journey.options, kept) };
  return {
    ...createPorts({ ...journey, options, lock: { ...lock, recordStep: emit }, emit: told, folder: kept }),
    host,
  };
}

/** Chooses what ends a hold. With a limit, and with a journal that another process can reach, no operator is needed. */
function findOperatorPrompt(
  { runId, request }: Input,
  { operatorPrompt }: RunOptions,
  folder: string | null,
): Pick<RunOptions, 'operatorPrompt'> {
  if (folder === null || (!operatorPrompt && request.policy.holdTimeoutMs === undefined)) return {};
  return { operatorPrompt: listenForReleases(folder, runId, operatorPrompt ?? unattended, systemClock) };
}
