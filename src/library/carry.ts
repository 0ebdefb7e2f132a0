/** Carries a run to its end: over its journal, under the lock of its store, with the logins that were counted before. */
import type { Input } from '../../machines/safe-update/index.ts';
import type { RunResult } from '../domain/outcome.ts';
import { createLocalHost, createMemoryLog } from '../hosts/local.ts';
import { systemClock } from '../hosts/system-clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { HeldLock } from '../locks/file-lock.ts';
import type { StoreLock } from '../ports/lock.ts';
import type { Progress } from '../ports/progress.ts';
import type { Secrets } from '../ports/secrets.ts';
import { logProgress } from '../progress/log-progress.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { Ports } from '../run/run.ts';
import { type StartOptions, startRun } from '../run/start.ts';
import { createProver } from './canaries.ts';
import { createChecks } from './checks.ts';
import { type Connection, logRequests } from './connection.ts';
import { openLogins } from './locks.ts';
import type { RunOptions } from './options.ts';

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
}

/** Takes a run to its end. */
export type Work = (ports: Ports, input: Input, options: StartOptions) => Promise<RunResult>;

/** @throws what the work throws; then the journal stays without an end, but for a wrong input. */
export async function carry(journey: Journey, work: Work = startRun): Promise<RunResult> {
  const { input, connection, options, journal, lock, runLock } = journey;
  try {
    const signal = options.signal ? { signal: options.signal } : {};
    const run = () => work(createPorts(journey), input, signal);
    const result = await logRequests(connection, options.logger, run);
    await journal?.finish({ atMs: systemClock.now(), outcome: result.outcome, result });
    return { ...result, journal: describeJournal(journal) };
  } catch (error) {
    if (error instanceof InvalidInputError)
      await journal?.finish({ atMs: systemClock.now(), outcome: null, result: null });
    throw error;
  } finally {
    await journal?.close();
    await lock.release();
    runLock?.release();
  }
}

function describeJournal(journal: Journal | null): NonNullable<RunResult['journal']> {
  if (journal === null) return 'none';
  return journal.isComplete ? 'complete' : 'incomplete';
}

function createPorts({ input, connection, secrets, options, journal, lock, runLock, folder }: Journey): Ports {
  const { logger, onProgress, approver, holder, stateDirectory } = options;
  const tellBoth = (step: string) => {
    lock.tell(step);
    runLock?.tell(step);
  };
  const told = logger ? logProgress(logger) : undefined;
  return {
    kms: connection.kms,
    secrets,
    checks: createChecks(
      { ...input, account: input.place.account },
      connection,
      secrets,
      options,
      journal ? folder : null,
    ),
    prover: options.prover ?? createProver(connection, input.place, stateDirectory),
    ...(approver ? { approver } : {}),
    ...(holder ? { holder } : {}),
    lock: { ...lock, tell: tellBoth },
    logins: openLogins(connection),
    scheduler: connection.scheduler,
    clock: systemClock,
    random: Math.random,
    host: createLocalHost(journal?.log ?? createMemoryLog(), systemClock),
    progress: (event: Parameters<Progress>[0]) => {
      told?.(event);
      return onProgress?.(event);
    },
  };
}
