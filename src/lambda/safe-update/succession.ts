/** Which run goes on where another was left: by code that has changed, by a run that broke off, by an execution that failed. */
import type { Input, Observation } from '../../../machines/safe-update/index.ts';
import type { Change } from '../../domain/change.ts';
import type { RunResult } from '../../domain/outcome.ts';
import type { Risk } from '../../domain/policy.ts';
import { explainReason } from '../../domain/reasons.ts';
import type { ResumeState } from '../../domain/resume-state.ts';
import { nameNextRun } from '../../domain/run-name.ts';
import { mayLeaveStore } from '../../domain/trial-connect.ts';
import { type KeptOperation, readKeptLog, readResult } from '../../hosts/lambda-log.ts';
import type { LogRecord } from '../../ports/log.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { readResumeState } from '../../run/read-resume-state.ts';
import { findLastSeen } from '../../run/recall.ts';
import { requestResume } from '../../run/resume.ts';
import type { SafeUpdateEvent } from './event.ts';
import type { History } from './history.ts';

/** What a run of an execution goes by; kept by the service, so JSON, and no secret in it. */
export interface Begun {
  /** The code that began the run. Absent: code that did not say which lifecycle it has. */
  readonly version: string;
  readonly chart?: string;
  readonly input: Input;
  /** The execution's first run: by this name it holds its lock and hears a stop. */
  readonly owner: string;
  /** The owner of the execution that this one continues: its lock is taken without a wait. */
  readonly follows?: string;
  readonly reach: Pick<SafeUpdateEvent, 'region' | 'roleArn' | 'externalId' | 'expectAccount'>;
  /** The run was cut off in its trial connect: its trial store is all that is left to see to. */
  readonly abandoned?: { readonly observed: Observation | null };
}

export type End = { readonly result: RunResult } | { readonly next: Begun };

/** Where an execution has come to, with the log of the run that it is at, or was at last. */
export interface Left {
  readonly begun: Begun;
  readonly records: readonly LogRecord[];
  /** It is over. */
  readonly result?: RunResult;
}

export const nameRun = (nth: number) => `run ${nth}`;
export const beginning = 'begin';

/** Null: it has not even begun. */
export function findLeft(operations: readonly KeptOperation[]): Left | null {
  let begun = readResult<Begun>(operations, beginning);
  if (begun === undefined) return null;
  for (let nth = 1; ; nth += 1) {
    const end = readResult<End>(operations, nameRun(nth));
    if (end && 'next' in end) begun = end.next;
    else return { begun, records: readKeptLog(operations, nameRun(nth)).records, ...end };
  }
}

/** What another execution can go on with. @throws {InvalidInputError} where that is nothing, or its own business still. */
export function requireLeft({ operations, isOver }: History): Left {
  if (!isOver)
    throw new InvalidInputError(
      'that execution is not over: it continues by itself; if it is paused, resume it, or stop it first',
    );
  const left = findLeft(operations);
  if (left === null) throw new InvalidInputError('that execution has not begun: start it again');
  const { outcome } = left.result ?? {};
  if (outcome !== undefined && outcome !== 'unsettled' && outcome !== 'stranded')
    throw new InvalidInputError(`that execution has ended ${outcome}: nothing is left`);
  return left;
}

/**
 * From when on a stop concerns this run: the first one hears every stop, another those that were asked for since it began.
 * Stops are dated in whole seconds.
 */
export function hearsStopsSinceMs({ input, owner }: Pick<Begun, 'input' | 'owner'>): number {
  return input.runId === owner ? 0 : Math.floor(input.startedAtMs / 1_000) * 1_000;
}

/** By this code, from now on. */
export interface NextExecution {
  readonly version: string;
  readonly chart: string;
  readonly startedAtMs: number;
}

/**
 * The next run of the same execution. One that has sent nothing begins anew, and hears what its forerunner has heard.
 *
 * @throws {ResumeStateError} if a call was recorded without facts that this code can read.
 */
export function succeed({ begun, records }: Left, { startedAtMs, ...code }: NextExecution, isStopped: boolean): Begun {
  const { input, owner } = begun;
  const again = { ...begun, ...code, input: { ...input, runId: nameNextRun(input.runId, owner) } };
  if (mayLeaveStore(records)) return { ...again, input, abandoned: { observed: findLastSeen(records, input.runId) } };
  const left = readResumeState(input, records, startedAtMs);
  if (left === null) return again;
  const goal = isStopped || wasStopped(records) ? obeyStop(left) : left;
  return resume({ ...again, input: { ...again.input, startedAtMs } }, goal, {}, []);
}

/**
 * The first run of another execution, which is to be continued. Null: it sent nothing that could be continued.
 *
 * @throws {ResumeStateError} as above.
 */
export function inherit(
  { begun, records }: Left,
  owner: string,
  { startedAtMs, ...code }: NextExecution,
  correction: Change,
  accept: readonly Risk[],
): Begun | null {
  const { input, owner: follows } = begun;
  const own = { ...begun, ...code, owner, follows };
  if (mayLeaveStore(records)) return { ...own, abandoned: { observed: findLastSeen(records, input.runId) } };
  const left = readResumeState(input, records, startedAtMs);
  return left && resume({ ...own, input: { ...input, runId: owner, startedAtMs } }, left, correction, accept);
}

function resume(begun: Begun, left: ResumeState, correction: Change, accept: readonly Risk[]): Begun {
  return { ...begun, input: { ...begun.input, ...requestResume(left, begun.input.request, correction, accept) } };
}

function wasStopped(records: readonly LogRecord[]): boolean {
  return records.some((record) => record.kind === 'stop' || (record.kind === 'result' && record.cancelRequested));
}

/** The run was not resumed: a stop from before the update still counts. */
function obeyStop(left: ResumeState): ResumeState {
  if (left.update !== 'none' || left.pending !== null || left.goal === 'back') return left;
  return { ...left, goal: 'back', reason: explainReason('STOPPED', { detail: ' while the store was offline' }) };
}
