/**
 * The machine with its actors: provided once per process, because providing it per run costs seven times the memory of a
 * waiting run. An actor finds its run by the actor system it lives in.
 */
import { fromPromise } from 'xstate';
import {
  type ActorName,
  type Answered,
  type Answers,
  type Approved,
  type Found,
  type Look,
  type Questions,
  type Result,
  type Resumable,
  type Settled,
  type Stamped,
  safeUpdateMachine,
  type UpdateQuestion,
  type WriteQuestion,
} from '../../machines/safe-update/index.ts';

import { judgeWayBack } from '../domain/checks.ts';
import { assess } from '../domain/consent.ts';
import type { Failure } from '../domain/failure.ts';
import { noLogins, provesNoLogin } from '../domain/logins.ts';
import type { Operation } from '../domain/outcome.ts';
import { graceMs, mayBeStale } from '../domain/stale-reads.ts';
import { isNotAsked, type Tries } from '../domain/tries.ts';
import { confirmedAtMs, type Expectation } from '../domain/verdict.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { LockError, type LockHolder } from '../ports/lock.ts';
import { awaitWindow } from './await-window.ts';
import { runChecks } from './checks.ts';
import { armSwitch, disarmSwitch } from './dead-mans-switch.ts';
import { hold } from './hold.ts';
import { forIntent, type Intent } from './intent.ts';
import { keepLogin } from './logins.ts';
import { extendStaleReads } from './lost-time.ts';
import { feelOutage, prepareProof, proveKeys } from './prove.ts';
import { rehearse } from './rehearse.ts';
import type { Run } from './run.ts';
import { judgeSettled, type Looked, notLooked, settle } from './settle.ts';
import { connectStore, disconnectStore, updateStore } from './writes.ts';

const runs = new WeakMap<object, Run>();

/** Makes a run known to the actors of its system; must come before the actor starts. */
export function attachRun(system: object, run: Run): void {
  runs.set(system, run);
}

function actor<N extends ActorName>(
  name: N,
  perform: (run: Run, question: Questions[N]) => Promise<Stamped<Answers[N]>>,
) {
  return fromPromise<Stamped<Answers[N]>, Questions[N]>(async ({ input, system }) => {
    const run = runs.get(system);
    if (run === undefined) throw new Error('no run is attached to this actor system');
    const { upcoming } = run.host;
    run.judgeNews(upcoming === 'new');
    run.move({ step: name });
    if (upcoming === 'new') run.tell({ type: 'step.started', step: name });
    const result = await perform(run, input);
    run.hear(result.value);
    const { kind } = result.value as Result;
    run.judgeNews(upcoming !== 'remembered');
    if (run.isNews()) run.tell({ type: 'step.finished', step: name, result: kind, ...answerOf(result.value) });
    return result;
  });
}

/** What KMS said, as it is. */
function answerOf(value: Result): { requestId?: string; failure?: Pick<Failure, 'code' | 'message'> } {
  const failure = 'failure' in value ? value.failure : undefined;
  return {
    ...('requestId' in value && value.requestId !== undefined ? { requestId: value.requestId } : {}),
    ...(failure ? { failure: { code: failure.code, message: failure.message } } : {}),
  };
}

/** What is remembered of a write before it is sent. */
type Sending<N extends ActorName> = (question: Questions[N]) => Intent;

function step<N extends ActorName>(
  name: N,
  effect: (run: Run, question: Questions[N], context: StepContext) => Promise<Answers[N]>,
  sending?: Sending<N>,
) {
  return actor(name, (run, question) =>
    run.host.step(name, sending?.(question) ?? null, async (context) => {
      const value = await effect(run, question, context);
      return { ...value, calls: run.takeCalls() };
    }),
  );
}

export const providedMachine = safeUpdateMachine.provide({
  actors: {
    describeStore: step('describeStore', findStore),
    settleStore: actor('settleStore', settleStore),
    awaitWindow: actor('awaitWindow', awaitWindow),
    runChecks: step('runChecks', async (run, { store, plan }, { signal }) => ({
      kind: 'checked',
      findings: await runChecks(run.checks, run.input.order.policy.skipChecks, store, plan, signal),
    })),
    checkWayBack: step('checkWayBack', async (run, { store, plan, preparation }, { signal }) => {
      const checks = run.checks.filter(({ looksBack }) => looksBack);
      const findings = await runChecks(checks, run.input.order.policy.skipChecks, store, plan, signal);
      return { kind: 'checked', findings: judgeWayBack(findings, preparation) };
    }),
    prepareProof: step('prepareProof', prepareProof),
    rehearse: actor('rehearse', rehearse),
    approve: step('approve', approve),
    armSwitch: step('armSwitch', armSwitch),
    disarmSwitch: step('disarmSwitch', disarmSwitch),
    disconnectStore: step(
      'disconnectStore',
      (run, question, { rerun }) => disconnectStore(run, question, rerun),
      sendingCall('DisconnectCustomKeyStore'),
    ),
    connectStore: step(
      'connectStore',
      (run, question, { rerun }) => connectStore(run, question, rerun),
      sendingCall('ConnectCustomKeyStore'),
    ),
    updateStore: step('updateStore', (run, question, { rerun }) => updateStore(run, question, rerun), sendingUpdate),
    restoreStore: step('restoreStore', (run, question, { rerun }) => updateStore(run, question, rerun), sendingUpdate),
    hold: step('hold', (run, question, { signal }) => hold(run, question, signal)),
    awaitKms: actor('awaitKms', awaitKms),
    proveKeys: actor('proveKeys', proveKeys),
  },
});

/** The lock is taken as soon as the store's id is known and the run may act, and before anybody is asked anything. */
async function findStore(
  run: Run,
  { store, clusterId, takesLock, stale }: Questions['describeStore'],
  { signal }: StepContext,
): Promise<Found> {
  const look = await run.look(store, signal);
  if (look.kind === 'unreadable') return look;
  const { seen } = look;
  const holder = takesLock ? await acquireLock(run, seen.store.customKeyStoreId) : null;
  if (holder) return { kind: 'locked', seen, holder };
  if (!mayBeStale(extendStaleReads(run, stale), seen.store.connectionState, run.clock.now()))
    await keepLogin(run.logins, seen.store);
  const cluster = clusterId ?? seen.store.settings.CloudHsmClusterId;
  const logins = cluster === undefined ? noLogins : await run.logins.read(cluster);
  return { ...look, logins, holdsLock: takesLock };
}

interface Felt {
  readonly looked: Looked;
  readonly keysFailedAtMs: number | null;
}

/** What the wait expects by now. */
const expectedOf = (run: Run, { expected, sinceMs }: Questions['settleStore']): Expectation => ({
  ...expected,
  deadlineAtMs: expected.deadlineAtMs + run.host.lostMs(sinceMs),
  stale: extendStaleReads(run, expected.stale),
});

/** Whether it takes keys to tell a CONNECTED from a stale read of it. */
const isInDoubt = (expected: Expectation, { hasMoved, isConfirming }: Looked, look: Look, nowMs: number) =>
  look.kind === 'seen' &&
  look.seen.store.connectionState === 'CONNECTED' &&
  confirmedAtMs(expected, look.seen.store, nowMs, { hasMoved, isDoubted: isConfirming, keysWork: false }) !== null;

async function settleStore(run: Run, question: Questions['settleStore']): Promise<Stamped<Settled>> {
  const { goal, deadlineAtMs } = question.expected;
  const { upcoming } = run.host;
  if (upcoming === 'new') run.tell({ type: 'wait.started', goal, deadlineAtMs });
  const settled = await settle(run, 'settleStore', {
    initial: { looked: notLooked, keysFailedAtMs: question.keysFailedAtMs },
    async observe({ looked, keysFailedAtMs }: Felt, signal) {
      const whenStopped = question.endsOnStop ? signal : undefined;
      const [look, feltAtMs] = await Promise.all([
        run.look(question.customKeyStoreId, whenStopped),
        keysFailedAtMs ?? feelOutage(run, question),
      ]);
      const inDoubt = isInDoubt(expectedOf(run, question), looked, look, run.clock.now());
      const keysWork = inDoubt && feltAtMs !== null && (await run.prover.feel(question.preparation)) === true;
      // A CONNECTED in doubt must not forget the logins that were counted.
      if (goal === 'CONNECTED' && look.kind === 'seen' && (!inDoubt || keysWork))
        await keepLogin(run.logins, look.seen.store);
      return { look, keysFailedAtMs: feltAtMs, keysWork };
    },
    judge({ looked }, { look, keysFailedAtMs, keysWork }, nowMs, stopRequested): Next<Settled, Felt> {
      const { endsOnStop } = question;
      const wanted = { expected: expectedOf(run, question), endsOnStop };
      const next = judgeSettled(run, wanted, looked, look, nowMs, stopRequested, keysWork);
      if (!('done' in next)) return { ...next, memory: { looked: next.memory, keysFailedAtMs } };
      return keysFailedAtMs === null ? next : { ...next, done: { ...next.done, keysFailedAtMs } };
    },
  });
  if (upcoming !== 'remembered') await takeBackLogin(run, question, settled.value);
  return settled;
}

/** After its result is kept, so that a process that dies here leaves one count too many and never one too few. */
async function takeBackLogin(run: Run, question: Questions['settleStore'], settled: Settled): Promise<void> {
  const { countedLogin } = question;
  if (countedLogin === null || settled.kind !== 'failed') return;
  if (provesNoLogin(countedLogin, settled.seen, settled.tally)) await run.logins.takeBack(countedLogin.clusterId);
}

/** Null: it is ours, or nobody can say and the store is as an earlier run has left it: then nothing stops the way back. */
async function acquireLock({ lock, hasSent, tell }: Run, customKeyStoreId: string): Promise<LockHolder | null> {
  try {
    return await lock.acquire(customKeyStoreId);
  } catch (error) {
    if (!(error instanceof LockError && hasSent())) throw error;
    tell({ type: 'lock.unsure', message: error.message });
    return null;
  }
}

const askAgainMs = 10_000;

interface Awaiting {
  readonly tally: Answered['tally'];
  /** Since when every answer of KMS says that there is no such store. */
  readonly goneSinceMs: number | null;
  /** The call that failed is not to be sent again yet. */
  readonly isPausing: boolean;
}

/** Until the call that failed may be tried again and Describe answers, however long that takes. */
async function awaitKms(
  run: Run,
  { customKeyStoreId, tries }: Questions['awaitKms'],
): Promise<Stamped<Answers['awaitKms']>> {
  const isPausing = tries !== null && run.host.now() < tries.retryAtMs;
  return settle<Look | null, Awaiting, Answers['awaitKms']>(run, 'awaitKms', {
    initial: { tally: {}, goneSinceMs: null, isPausing },
    async observe({ isPausing }) {
      if (isPausing) return null;
      await run.kms.renewCredentials();
      return run.look(customKeyStoreId);
    },
    judge(before: Awaiting, look, nowMs, stopRequested): Next<Answers['awaitKms'], Awaiting> {
      if (look === null) {
        tellWhyCut(run, tries);
        return { untilMs: tries?.retryAtMs ?? nowMs, endsOnStop: false, memory: { ...before, isPausing: false } };
      }
      if (look.kind === 'seen' || (stopRequested && !run.hasSent()))
        return { done: { kind: 'answered', tally: before.tally } };
      const { failure } = look;
      const { code, message } = failure;
      const times = (before.tally[code] ?? 0) + 1;
      const tally = { ...before.tally, [code]: times };
      // What did not reach KMS says nothing of the store.
      const goneSinceMs = before.goneSinceMs ?? (failure.class === 'notFound' ? nowMs : null);
      if (
        failure.class === 'notFound' &&
        goneSinceMs !== null &&
        nowMs - goneSinceMs >= graceMs + run.host.lostMs(goneSinceMs)
      )
        return { done: { kind: 'gone', tally, failure } };
      run.tell({ type: 'run.suspended', code, message, times });
      const noted = times === 1 ? { note: code } : {};
      return {
        untilMs: nowMs + askAgainMs,
        endsOnStop: !run.hasSent(),
        memory: { ...before, tally, goneSinceMs },
        ...noted,
      };
    },
  });
}

/** A call that did not reach KMS suspends the run as a Describe does that is not answered. */
function tellWhyCut(run: Run, tries: Tries | null): void {
  if (tries === null || !isNotAsked(tries.failure)) return;
  const { code, message } = tries.failure;
  run.tell({ type: 'run.suspended', code, message, times: tries.sameCount });
}

function sendingCall(operation: Operation): (question: Resumable<WriteQuestion>) => Intent {
  return ({ evidence, resume }) => ({
    operation,
    customKeyStoreId: evidence.store.customKeyStoreId,
    resume: forIntent(resume),
  });
}

function sendingUpdate({ change, ...question }: Resumable<UpdateQuestion>): Intent {
  return { ...sendingCall('UpdateCustomKeyStore')(question), change };
}

async function approve(run: Run, question: Questions['approve'], { signal }: StepContext): Promise<Approved> {
  const { store, plan, findings, accepted, isApproved } = question;
  const assessment = assess(store, plan, findings, { ...run.input.order.policy, accept: accepted });
  if (isApproved && assessment.missing.length === 0) return { kind: 'approved', accepted: [] };
  if (run.approver) return run.approver.ask(assessment, signal);
  if (assessment.missing.length > 0)
    return { kind: 'unconsented', missing: [`--accept ${assessment.missing.join(',')}`] };
  return { kind: 'approved', accepted: [] };
}
