/**
 * Plays a schedule to its end: process after process, each with the log that the one before has left. What comes out is
 * what an observer could have seen: requests, logs, events and results, and nothing from inside the machine.
 */

import { isAct } from '../../src/disk/journal/format.ts';
import type { Change } from '../../src/domain/change.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import type { Policy, Risk } from '../../src/domain/policy.ts';
import type { Previous } from '../../src/domain/restorability.ts';
import type { ResumeState } from '../../src/domain/resume-state.ts';
import { mayLeaveStore } from '../../src/domain/trial-connect.ts';
import type { StoreLock } from '../../src/ports/lock.ts';
import { LogError, type LogRecord, type RunLog } from '../../src/ports/log.ts';
import type { HeldStore, OperatorPrompt } from '../../src/ports/operator-prompt.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import { abandonTrialStore } from '../../src/run/abandon-trial-store.ts';
import { InvalidInputError, UnfinishedRunError } from '../../src/run/errors.ts';
import { requestResume, requestRollback } from '../../src/run/resume.ts';
import type { StoreEntry, WrittenCiphertext } from '../../src/simulator/index.ts';
import { readLeft } from './read-left.ts';
import type { KeyUse } from './schedule-keys.ts';
import type { LifePlan, OperatorsWord, Schedule } from './schedules.ts';
import { type Stage, setStage } from './set-up-schedule.ts';
import { findStore, type RunOrder, type World } from './world.ts';

/** How a process began: with a new order, from a log replayed, or with what an earlier run or its trial connect has left. */
export type Beginning = 'new' | 'replayed' | 'resumedFrom' | 'undoing' | 'clearing';

export type End =
  | { readonly kind: 'result'; readonly result: RunResult }
  | { readonly kind: 'invalid'; readonly error: InvalidInputError }
  | { readonly kind: 'unfinished'; readonly error: UnfinishedRunError }
  | { readonly kind: 'died' }
  /** An error that no caller expects. */
  | { readonly kind: 'broken'; readonly error: unknown };

/** The life of one process. */
export interface Life {
  readonly beginning: Beginning;
  readonly runId: string;
  readonly request: { readonly change: Change; readonly policy: Policy };
  readonly resumedFrom: ResumeState | undefined;
  /** The values that the operator gave for it to go on with. */
  readonly correction: Change;
  readonly end: End;
  /** The whole log of its run as this process leaves it to the next. */
  readonly records: readonly LogRecord[];
  /** The disk has failed, so the log lacks its last records. */
  readonly isLogCut: boolean;
  readonly events: readonly ProgressEvent[];
  /** Its requests in the list of all. */
  readonly requests: { readonly from: number; readonly until: number };
  /** Those about a trial store, in the list of all of these. */
  readonly requestsBeside: { readonly from: number; readonly until: number };
}

/** What the operator has allowed, and how many requests had been answered by then. */
export interface Grant {
  readonly at: number;
  readonly accepted: readonly Risk[];
}

/** The operator was asked what to do with a store that is held: after how many requests, and what they were told. */
export interface Asked {
  readonly at: number;
  readonly codes: readonly (string | undefined)[];
}

export interface History {
  readonly world: World;
  readonly store: string;
  /** The store as it truly was when the last process had ended. */
  readonly truth: StoreEntry | undefined;
  /** What a logger of the caller was told of requests; empty where there was none. */
  readonly heard: readonly unknown[];
  /** Reads may show the past. */
  readonly isStale: boolean;
  readonly lives: readonly Life[];
  readonly grants: readonly Grant[];
  readonly asked: readonly Asked[];
  /** The requests at which the way back was seen to be closed while the store was offline. */
  readonly deadLooks: readonly number[];
  /** Whether keys of the store decrypt no more what they encrypted at first. */
  readonly areKeysOthers: (store: KeyStore) => boolean;
  /** The person at the terminal has answered no question that was shown. */
  readonly hasOnlyTypedAhead: boolean;
  /** What was done with real keys; null: there are none. */
  readonly keyUses: readonly KeyUse[] | null;
  readonly areRealKeysOthers: (store: KeyStore) => boolean;
  /** The clock of our machine was set while the schedule was played. */
  readonly isClockWrong: boolean;
  /** What applications encrypted; empty where there were none. */
  readonly written: readonly WrittenCiphertext[];
  /** How many requests had been answered when somebody else's call was carried out; null: none was. */
  readonly handAt: number | null;
}

/** The store as it truly is at the end; undefined where there is none. */
export const readTruth = ({ truth }: History) => truth;

/** A process went on without its log, so that the next one may not know all of what was done. */
export const isLogCut = ({ lives }: History) => lives.slice(0, -1).some((life) => life.isLogCut);

interface UpdateRequest {
  readonly change: Change;
  readonly previous: Previous;
  readonly policy: Policy;
}

/** What a process is started with. */
interface Start {
  readonly beginning: Beginning;
  readonly runId: string;
  readonly store: string;
  readonly request: UpdateRequest;
  readonly resumedFrom?: ResumeState;
  readonly correction?: Change;
  readonly startedAtMs: number;
  readonly records: readonly LogRecord[];
  /** In the place of the run: it writes nothing into the log that was left. */
  readonly work?: NonNullable<RunOrder['work']>;
}

const untroubled: LifePlan = {
  death: null,
  stopAt: null,
  diskFailsAt: null,
  next: 'replay',
  afterMs: 0,
  isCorrected: false,
  allowsLogin: false,
  isLockedOut: null,
  undoes: null,
};

export async function play(schedule: Schedule): Promise<History> {
  const stage = setStage(schedule);
  const { world, store } = stage;
  const lives: Life[] = [];
  const grants: Grant[] = [];
  const asked: Asked[] = [];
  const operator = createOperator(stage, schedule.operator);
  let start: Start | null = {
    beginning: 'new',
    runId: 'run-1',
    store,
    request: stage.request,
    startedAtMs: stage.now(),
    records: [],
  };
  const grant = (accepted: readonly Risk[]) => void grants.push({ at: world.sent.length, accepted });
  const ask = ({ reason, obstacle }: HeldStore) =>
    void asked.push({ at: world.sent.length, codes: [reason?.code, obstacle?.code] });
  grant(stage.request.policy.accept);
  // The last process lives, whatever became of those before.
  const plans = [...schedule.lives, untroubled];
  for (const [nth, plan] of plans.entries()) {
    if (start === null) break;
    const isReadOnly = schedule.harsh.hasReadOnlyDisk && nth > 0;
    const able = isReadOnly ? { ...plan, diskFailsAt: 0 } : plan;
    const life: Life = await live(stage, start, able, operator.listen(grant, ask), grant);
    lives.push(life);
    if (nth === plans.length - 1) break;
    await world.clock.drive(world.clock.sleep(plan.afterMs));
    start = goOn(stage, start, life, plan, grant);
  }
  const { deadLooks, areKeysOthers } = stage;
  const { harsh, mishaps } = schedule;
  return {
    world,
    store,
    truth: findStore(world, store),
    heard: harsh.hasListener ? world.heard : [],
    isStale: mishaps.staleReadsForMs > 0 || harsh.replicas !== null || harsh.slowDisconnectMs !== null,
    lives,
    grants,
    asked,
    deadLooks,
    areKeysOthers,
    hasOnlyTypedAhead: harsh.typesAhead !== null,
    keyUses: stage.realKeys?.uses ?? null,
    areRealKeysOthers: (observed) => stage.realKeys?.areOthers(observed) ?? false,
    isClockWrong: stage.now() !== world.clock.now(),
    written: world.simulator.written,
    handAt: stage.handAt(),
  };
}

/** One process, from its start until it has ended or died. */
async function live(
  { world, request, now, requests, at, askWhom }: Stage,
  start: Start,
  { death, stopAt, diskFailsAt, isLockedOut }: LifePlan,
  operatorPrompt: OperatorPrompt,
  grant: (accepted: readonly Risk[]) => void,
): Promise<Life> {
  const { clock, sent, events } = world;
  const from = sent.length;
  const fromBeside = world.sentBeside.length;
  const firstRequest = requests();
  const firstEvent = events.length;
  const records = [...start.records];
  const written = start.work ? [] : records;
  const stop = new AbortController();
  const approver = askWhom(grant, () => stop.abort());
  if (stopAt !== null) at(firstRequest + stopAt, () => stop.abort());
  let die: () => void = () => undefined;
  const died = new Promise<End>((resolve) => {
    die = () => resolve({ kind: 'died' });
  });
  if (death && 'request' in death) at(firstRequest + death.request, die);
  const hasActed = start.resumedFrom?.isUnfinished ?? false;
  const disk = createDisk(written, start.work ? null : diskFailsAt, hasActed);
  const log = death && 'record' in death ? dieAt(disk.log, death, die) : disk.log;
  const end = await clock.drive(
    Promise.race([
      world
        .start({
          ...start.request,
          store: start.store,
          checks: request.checks ?? [],
          ...(request.keyVerifier ? { keyVerifier: request.keyVerifier } : {}),
          ...(start.resumedFrom ? { resumedFrom: start.resumedFrom } : {}),
          ...(start.work ? { work: start.work } : {}),
          ...(approver ? { approver } : {}),
          ...(isLockedOut && ['new', 'resumedFrom'].includes(start.beginning) ? { lock: takenLock } : {}),
          operatorPrompt,
          log,
          runId: start.runId,
          startedAtMs: start.startedAtMs,
          signal: stop.signal,
          now,
        })
        .then((result): End => ({ kind: 'result', result }), classifyEnd),
      died,
    ]),
  );
  world.die();
  return {
    beginning: start.beginning,
    runId: start.runId,
    request: start.request,
    resumedFrom: start.resumedFrom,
    correction: start.correction ?? {},
    end,
    records: [...records],
    isLogCut: disk.hasLost(),
    events: events.slice(firstEvent),
    requests: { from, until: sent.length },
    requestsBeside: { from: fromBeside, until: world.sentBeside.length },
  };
}

const takenLock: StoreLock = {
  confirm: async () => null,
  acquire: async () => ({ runId: 'theirs', pid: 1, sinceMs: 0, step: 'connectStore' }),
  recordStep: () => undefined,
  release: async () => undefined,
};

function classifyEnd(error: unknown): End {
  if (error instanceof InvalidInputError) return { kind: 'invalid', error };
  if (error instanceof UnfinishedRunError) return { kind: 'unfinished', error };
  return { kind: 'broken', error };
}

/** What the next process starts with; null where nothing is left to do. */
function goOn(
  { world, request, store, correction, now }: Stage,
  start: Start,
  { end, records, isLogCut: isCut }: Life,
  plan: LifePlan,
  grant: (accepted: readonly Risk[]) => void,
): Start | null {
  if (end.kind === 'invalid' || end.kind === 'broken') return null;
  const isOver = end.kind === 'result';
  if (!isOver && plan.next === 'replay' && !start.work) return { ...start, beginning: 'replayed', records };
  const next = { runId: `${start.runId}+`, startedAtMs: now(), records: [] };
  const anew: Start = { ...next, beginning: 'new', store, request };
  if (start.work) return isOver ? anew : start;
  const isStoreLeft = mayLeaveStore(records);
  const hasLeftWork =
    !isOver ||
    isStoreLeft ||
    ['stranded', 'unsettled'].includes(end.result.outcome) ||
    (end.result.nextCommands ?? []).some((command) => command.startsWith('cks resume'));
  // The journal of one that was cut does not say that it has ended.
  const isNotDone = plan.undoes && !isCut && isOver && end.result.outcome === 'updated';
  if (!hasLeftWork && !isNotDone) return null;
  const { input, left, context } = readLeft(world, { ...start.request, ...start }, records);
  if (isStoreLeft) {
    return { ...start, beginning: 'clearing', records, work: (ports) => abandonTrialStore(ports, context) };
  }
  if (!hasLeftWork) {
    const rollBack = left ? requestRollback(left, input.request, request.policy.accept) : { lost: [] };
    return 'request' in rollBack ? { ...next, ...rollBack, beginning: 'undoing' } : null;
  }
  if (left === null) return isOver ? null : anew;
  const accepted: Risk[] = plan.allowsLogin ? ['login'] : [];
  const better = plan.isCorrected && left.goal === 'forward' ? correction : {};
  grant(accepted);
  return {
    ...next,
    ...requestResume(left, input.request, better, accepted),
    correction: better,
    beginning: 'resumedFrom',
  };
}

/** A disk that is full from one record on: before the run acts on its store that is said, afterwards it goes on without. */
function createDisk(
  records: LogRecord[],
  failsAt: number | null,
  hasActedBefore: boolean,
): { log: RunLog; hasLost(): boolean } {
  let hasActed = hasActedBefore || records.some(isAct);
  let appended = -1;
  let hasFailed = false;
  let hasLost = false;
  const log: RunLog = {
    past: [...records],
    async append(record) {
      appended += 1;
      hasFailed ||= failsAt !== null && appended >= failsAt;
      if (!hasFailed) records.push(record);
      else if (!hasActed) throw new LogError('no space left on device');
      else hasLost = true;
      hasActed ||= isAct(record);
    },
  };
  return { log, hasLost: () => hasLost };
}

/** A promise that never settles is a process that is gone. */
function dieAt(log: RunLog, { record: at, isKept }: { record: number; isKept: boolean }, die: () => void): RunLog {
  let nth = -1;
  return {
    past: log.past,
    async append(record, sync) {
      nth += 1;
      if (nth < at) return log.append(record, sync);
      if (nth === at && isKept) await log.append(record, sync);
      die();
      return new Promise<void>(() => undefined);
    },
  };
}

/** An operator who says one word after another, and at last leaves. */
function createOperator({ correction, mend }: Stage, script: readonly OperatorsWord[]) {
  let said = 0;
  return {
    listen: (grant: (accepted: readonly Risk[]) => void, ask: (held: HeldStore) => void): OperatorPrompt => ({
      async wait(held) {
        ask(held);
        const word = script[said] ?? 'leave';
        said += 1;
        if (word === 'leave') return { kind: 'left' };
        if (word === 'giveUp') return { kind: 'givenUp' };
        if (word !== 'release') mend();
        const better = word === 'correct' ? correction : {};
        const accepted: Risk[] = word === 'allowLogin' ? ['login'] : [];
        grant(accepted);
        return { kind: 'released', correction: better, accepted };
      },
    }),
  };
}
