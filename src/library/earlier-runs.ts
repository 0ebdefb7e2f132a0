/**
 * The public functions about earlier runs and canaries. The command tells a spoilt journal from a busy lock; a caller has two
 * errors to catch, and gets the other one as the cause.
 */

import { JournalError } from '../disk/journal/errors.ts';
import type { RunResult } from '../domain/outcome.ts';
import { KeptCanariesError } from '../ports/key-verifier.ts';
import { LockError } from '../ports/lock.ts';
import type { RunReport } from '../report/model.ts';
import { InvalidInputError } from '../run/errors.ts';
import {
  type CanaryOptions,
  type CanaryResult,
  checkCanaries as innerCheckCanaries,
  createCanaries as innerCreateCanaries,
} from './canaries.ts';
import { type CanaryKeyOptions, type CanaryKeyResult, createCanaryKey as innerCreateCanaryKey } from './canary-key.ts';
import { type FoundRuns, findKnownRuns as innerFindKnownRuns } from './known-runs.ts';
import { findLongOutages as innerFindLongOutages, type LongOutages, type OutageOptions } from './outages.ts';
import { reportRun as innerReportRun } from './report-run.ts';
import { resumeRun as innerResumeRun } from './resume.ts';
import { rollBackRun as innerRollBackRun } from './roll-back-run.ts';
import {
  listRuns as innerListRuns,
  pruneRuns as innerPruneRuns,
  readRun as innerReadRun,
  type JournalLine,
  type Runs,
} from './runs.ts';
import { stopRun as innerStopRun, type StopAnswer, type StopOptions } from './stop-run.ts';
import type { ConnectionOptions } from './wiring/connection.ts';
import type { ResumeOptions } from './wiring/earlier-run.ts';

/**
 * Continues a run that was interrupted, is on hold, or failed.
 *
 * @throws {InvalidInputError} if there is nothing to continue, a later run has taken its place, its journal cannot be used, or
 * a value is wrong.
 * @throws {UnfinishedRunError} if it broke off again.
 * @example
 * const { outcome } = await resumeRun({ runId: '20261128-020000-1a2b', change: { KeyStorePassword: 'env:NEW_PASSWORD' } });
 */
export function resumeRun(options: ResumeOptions): Promise<RunResult> {
  return explained(() => innerResumeRun(options));
}

/**
 * Reverts a completed update, as a new run.
 *
 * @throws {InvalidInputError} if it changed nothing, an old value is not known, its journal cannot be used, or the reference to
 * an old secret names another one now.
 * @throws {UnfinishedRunError} if the run broke off.
 * @example
 * const { outcome } = await rollBackRun({ runId: '20261128-020000-1a2b', accept: ['outage'] });
 */
export function rollBackRun(options: ResumeOptions): Promise<RunResult> {
  return explained(() => innerRollBackRun(options));
}

/**
 * Asks a run to stop at its next safe place, within seconds, on this machine or through the lock table.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the journals, locks or lock table that it names cannot be read.
 * @example
 * const { isRequested, message } = await stopRun({ runId: '20261128-020000-1a2b' });
 */
export function stopRun(options: StopOptions): Promise<StopAnswer> {
  return explained(() => innerStopRun(options));
}

/**
 * Lists the runs that this machine has a journal of.
 *
 * @throws {InvalidInputError} if the folder cannot be read.
 * @example
 * const { runs } = await listRuns();
 * const unfinished = runs.filter(({ isUnfinished }) => isUnfinished);
 */
export function listRuns(options: { readonly stateDirectory?: string } = {}): Promise<Runs> {
  return explained(() => innerListRuns(options));
}

/**
 * Reads every line of a run's journal, oldest first.
 *
 * @throws {InvalidInputError} if there is no such run, or its journal cannot be read.
 * @example
 * const lines = await readRun('20261128-020000-1a2b');
 */
export function readRun(runId: string, stateDirectory?: string): Promise<readonly JournalLine[]> {
  return explained(() => innerReadRun(runId, stateDirectory));
}

/**
 * Reports what a run did, for a change ticket.
 *
 * @throws {InvalidInputError} if there is no such run, or its journal cannot be read.
 * @example
 * const { outcome, states } = await reportRun('20261128-020000-1a2b');
 */
export function reportRun(runId: string, stateDirectory?: string): Promise<RunReport> {
  return explained(() => innerReportRun(runId, stateDirectory));
}

/**
 * Removes journals whose last line is older, and returns their run ids. It keeps the journal of a run that a process
 * carries now, of an unfinished run that may have left something behind, and of a run that ended stranded or unsettled
 * while its store is not known to be well. It asks KMS about these stores.
 *
 * @param olderThanMs Age of the last line, in milliseconds.
 * @throws {InvalidInputError} if the folder or a lock cannot be used.
 * @example
 * const removed = await pruneRuns(90 * 24 * 60 * 60_000);
 */
export function pruneRuns(olderThanMs: number, stateDirectory?: string): Promise<readonly string[]> {
  return explained(() => innerPruneRuns(olderThanMs, stateDirectory));
}

/**
 * Finds the runs of a lock table that are active or unfinished; none if no lock table is named.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the lock table cannot be read.
 * @example
 * const { runs } = await findKnownRuns({ lockTable: 'cks-locks' });
 */
export function findKnownRuns(options: ConnectionOptions): Promise<FoundRuns> {
  return explained(() => innerFindKnownRuns(options));
}

/**
 * Finds stores that runs have offline for longer, by the journals of this machine and the lock table. It asks KMS too: a store
 * that was connected by hand has no outage.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the journals or the lock table cannot be read.
 * @example
 * const { offline } = await findLongOutages({ maxOfflineMs: 15 * 60_000, lockTable: 'cks-locks' });
 */
export function findLongOutages(options: OutageOptions): Promise<LongOutages> {
  return explained(() => innerFindLongOutages(options));
}

/**
 * Encrypts canaries with the keys of a store that works, and keeps them as evidence for later. If kept canaries no longer
 * decrypt, the store uses different key material. New canaries would hide that, so none are made.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the canaries cannot be kept.
 * @example
 * const { canaries, reason } = await createCanaries({ customKeyStoreId: 'payments-xks' });
 */
export function createCanaries(options: CanaryOptions): Promise<CanaryResult> {
  return explained(() => innerCreateCanaries(options));
}

/**
 * Decrypts the canaries that are kept of a store.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the canaries cannot be read.
 * @example
 * const { passed, lost } = await checkCanaries({ customKeyStoreId: 'payments-xks' });
 */
export function checkCanaries(options: Omit<CanaryOptions, 'canaryKeys'>): Promise<CanaryResult> {
  return explained(() => innerCheckCanaries(options));
}

/**
 * Creates the canary key of a CONNECTED store, as `cks canary key create` does: a KMS key that no application uses, under the
 * alias `alias/cks-canary-ID`, and a kept canary of it. A run with a fence verifies it before any other key. A store that has
 * one keeps it.
 *
 * @throws {InvalidInputError} if an argument is wrong, or the canary cannot be kept.
 * @example
 * const { canaryKeyId } = await createCanaryKey({ customKeyStoreId: 'payments-xks', xksKeyId: 'bb8562717f809024' });
 */
export function createCanaryKey(options: CanaryKeyOptions): Promise<CanaryKeyResult> {
  return explained(() => innerCreateCanaryKey(options));
}

/** What cannot be read is what an argument names: a run, a folder, a lock table. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isUnusable = [JournalError, LockError, KeptCanariesError].some((kind) => error instanceof kind);
    throw isUnusable ? new InvalidInputError((error as Error).message, { cause: error }) : error;
  }
}
