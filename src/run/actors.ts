/**
 * The machine with its actors: provided once per process, because providing it per run costs seven times the memory of a
 * waiting run. An actor finds its run by the actor system it lives in.
 */
import { fromPromise } from 'xstate';
import {
  type ActorInputs,
  type ActorName,
  type ActorOutputs,
  type Answered,
  type Approved,
  type DisableInput,
  type Found,
  type ObserveResult,
  type Result,
  type Resumable,
  type Settled,
  type Stamped,
  safeUpdateMachine,
  type UpdateActorInput,
  type WriteInput,
} from '../../machines/safe-update/index.ts';
import { judgeRollbackChecks } from '../domain/checks.ts';
import { findMissing } from '../domain/consent.ts';
import { toIso } from '../domain/duration.ts';
import type { Failure } from '../domain/failure.ts';
import { noLogins, showsNoLogin } from '../domain/logins.ts';
import type { Operation } from '../domain/outcome.ts';
import { graceMs, mayBeStale } from '../domain/stale-reads.ts';
import { isNotAsked, type Tries } from '../domain/tries.ts';
import { confirmedAtMs, type Expectation } from '../domain/verdict.ts';
import type { Next, StepContext } from '../ports/host.ts';
import { LockError, type LockOwner } from '../ports/lock.ts';
import { awaitWindow } from './await-window.ts';
import { runChecks } from './checks.ts';
import { armSwitch, disarmSwitch } from './dead-mans-switch.ts';
import { disableKeys } from './fence/disable-keys.ts';
import { enableKeys } from './fence/enable-keys.ts';
import { prepareFence } from './fence/prepare-fence.ts';
import { hold } from './hold.ts';
import { forIntent, type Intent } from './intent.ts';
import { keepLogin } from './logins.ts';
import { extendStaleReads } from './lost-time.ts';
import type { Run } from './run.ts';
import { judgeSettled, notObserved, observedBefore, type SettleMemory, settle } from './settle.ts';
import { trialConnect } from './trial-connect.ts';
import { feelOutage, prepareKeyVerification, verifyKeys } from './verify-keys.ts';
import { connectStore, disconnectStore, updateStore } from './writes.ts';

const runs = new WeakMap<object, Run>();

/** Makes a run known to the actors of its system; must come before the actor starts. */
export function attachRun(system: object, run: Run): void {
  runs.set(system, run);
}

function actor<N extends ActorName>(
  name: N,
  perform: (run: Run, question: ActorInputs[N]) => Promise<Stamped<ActorOutputs[N]>>,
) {
  return fromPromise<Stamped<ActorOutputs[N]>, ActorInputs[N]>(async ({ input, system }) => {
    const run = runs.get(system);
    if (run === undefined) throw new Error('no run is attached to this actor system');
    const upcoming = run.host.upcoming();
    run.judgeNews(upcoming === 'new');
    run.move({ step: name });
    if (upcoming === 'new') run.emit({ type: 'step.started', step: name });
    const result = await perform(run, input);
    run.noteResult(result.value);
    const { kind } = result.value as Result;
    run.judgeNews(upcoming !== 'remembered');
    if (run.isNews()) run.emit({ type: 'step.finished', step: name, result: kind, ...answerOf(result.value) });
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
type Sending<N extends ActorName> = (question: ActorInputs[N]) => Intent;

function step<N extends ActorName>(
  name: N,
  effect: (run: Run, question: ActorInputs[N], context: StepContext) => Promise<ActorOutputs[N]>,
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
      findings: await runChecks(run.checks, run.input.request.policy.skipChecks, store, plan, signal),
    })),
    checkRollback: step('checkRollback', async (run, { store, plan, preparation }, { signal }) => {
      const checks = run.checks.filter(({ checksRollback }) => checksRollback);
      const findings = await runChecks(checks, run.input.request.policy.skipChecks, store, plan, signal);
      return { kind: 'checked', findings: judgeRollbackChecks(findings, preparation) };
    }),
    prepareKeyVerification: step('prepareKeyVerification', prepareKeyVerification),
    trialConnect: actor('trialConnect', trialConnect),
    approve: step('approve', approve),
    armSwitch: step('armSwitch', armSwitch),
    disarmSwitch: step('disarmSwitch', disarmSwitch),
    prepareFence: step('prepareFence', prepareFence),
    disableKeys: step('disableKeys', disableKeys, sendingKeyCalls('DisableKey')),
    enableKeys: step('enableKeys', enableKeys, sendingKeyCalls('EnableKey')),
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
    verifyKeys: actor('verifyKeys', verifyKeys),
  },
});

/** The lock is taken as soon as the store's id is known and the run may act, and before the operator is asked. */
async function findStore(
  run: Run,
  { store, clusterId, takesLock, stale }: ActorInputs['describeStore'],
  { signal }: StepContext,
): Promise<Found> {
  const observe = await run.observe(store, signal);
  if (observe.kind === 'unreadable') return observe;
  const { observed } = observe;
  const owner = takesLock ? await acquireLock(run, observed.store.customKeyStoreId) : null;
  if (owner) return { kind: 'locked', observed, owner };
  if (!mayBeStale(extendStaleReads(run, stale), observed.store.connectionState, run.clock.now()))
    await keepLogin(run.logins, observed.store);
  const cluster = clusterId ?? observed.store.settings.CloudHsmClusterId;
  const logins = cluster === undefined ? noLogins : await run.logins.read(cluster);
  return { ...observe, logins, holdsLock: takesLock };
}

interface Felt {
  readonly lookResult: SettleMemory;
  readonly keysFailedAtMs: number | null;
}

/** What the wait expects by now. */
const expectedOf = (run: Run, { expected, sinceMs }: ActorInputs['settleStore']): Expectation => ({
  ...expected,
  deadlineAtMs: expected.deadlineAtMs + run.host.lostMs(sinceMs),
  stale: extendStaleReads(run, expected.stale),
});

/** Whether it takes keys to tell a CONNECTED from a stale read of it. */
const isInDoubt = (
  expected: Expectation,
  { hasMoved, isConfirming }: SettleMemory,
  observe: ObserveResult,
  nowMs: number,
) =>
  observe.kind === 'observed' &&
  observe.observed.store.connectionState === 'CONNECTED' &&
  confirmedAtMs(expected, observe.observed.store, nowMs, { hasMoved, isDoubted: isConfirming, keysWork: false }) !==
    null;

async function settleStore(run: Run, question: ActorInputs['settleStore']): Promise<Stamped<Settled>> {
  const { goal, deadlineAtMs } = question.expected;
  const upcoming = run.host.upcoming();
  if (upcoming === 'new') run.emit({ type: 'wait.started', goal, deadlineAt: toIso(deadlineAtMs) });
  const settled = await settle(run, 'settleStore', {
    initial: { lookResult: notObserved, keysFailedAtMs: question.keysFailedAtMs },
    initialAgain: { lookResult: observedBefore, keysFailedAtMs: question.keysFailedAtMs },
    async observe({ lookResult, keysFailedAtMs }: Felt, signal) {
      const whenStopped = question.endsOnStop ? signal : undefined;
      const [observe, feltAtMs] = await Promise.all([
        run.observe(question.customKeyStoreId, whenStopped),
        keysFailedAtMs ?? feelOutage(run, question),
      ]);
      const inDoubt = isInDoubt(expectedOf(run, question), lookResult, observe, run.clock.now());
      const keysWork = inDoubt && feltAtMs !== null && (await run.keyVerifier.feel(question.preparation)) === true;
      // A CONNECTED in doubt must not forget the logins that were counted.
      if (goal === 'CONNECTED' && observe.kind === 'observed' && (!inDoubt || keysWork))
        await keepLogin(run.logins, observe.observed.store);
      return { observe, keysFailedAtMs: feltAtMs, keysWork };
    },
    judge({ lookResult }, { observe, keysFailedAtMs, keysWork }, nowMs, stopRequested): Next<Settled, Felt> {
      const { endsOnStop } = question;
      const wanted = { expected: expectedOf(run, question), endsOnStop };
      const next = judgeSettled(run, wanted, lookResult, observe, nowMs, stopRequested, keysWork);
      if (!('done' in next)) return { ...next, memory: { lookResult: next.memory, keysFailedAtMs } };
      return keysFailedAtMs === null ? next : { ...next, done: { ...next.done, keysFailedAtMs } };
    },
  });
  if (upcoming !== 'remembered') await takeBackLogin(run, question, settled.value);
  return settled;
}

/** After its result is kept, so that a process that dies here leaves one count too many and never one too few. */
async function takeBackLogin(run: Run, question: ActorInputs['settleStore'], settled: Settled): Promise<void> {
  const { countedLogin } = question;
  if (countedLogin === null || settled.kind !== 'failed') return;
  if (showsNoLogin(countedLogin, settled.observed, settled.tally)) await run.logins.takeBack(countedLogin.clusterId);
}

/** Null: it is ours, or that is not known and an earlier run has left the store so: then nothing stops the rollback. */
async function acquireLock({ lock, hasSent, emit }: Run, customKeyStoreId: string): Promise<LockOwner | null> {
  try {
    return await lock.acquire(customKeyStoreId);
  } catch (error) {
    if (!(error instanceof LockError && hasSent())) throw error;
    emit({ type: 'lock.unsure', message: error.message });
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
  { customKeyStoreId, tries }: ActorInputs['awaitKms'],
): Promise<Stamped<ActorOutputs['awaitKms']>> {
  const isPausing = tries !== null && run.host.now() < tries.retryAtMs;
  return settle<ObserveResult | null, Awaiting, ActorOutputs['awaitKms']>(run, 'awaitKms', {
    initial: { tally: {}, goneSinceMs: null, isPausing },
    async observe({ isPausing }) {
      if (isPausing) return null;
      await run.kms.renewCredentials();
      return run.observe(customKeyStoreId);
    },
    judge(before: Awaiting, observe, nowMs, stopRequested): Next<ActorOutputs['awaitKms'], Awaiting> {
      if (observe === null) {
        describeWhyCut(run, tries);
        return { untilMs: tries?.retryAtMs ?? nowMs, endsOnStop: false, memory: { ...before, isPausing: false } };
      }
      if (observe.kind === 'observed' || (stopRequested && !run.hasSent()))
        return { done: { kind: 'answered', tally: before.tally } };
      const { failure } = observe;
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
      run.emit({ type: 'run.suspended', code, message, times });
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
function describeWhyCut(run: Run, tries: Tries | null): void {
  if (tries === null || !isNotAsked(tries.failure)) return;
  const { code, message } = tries.failure;
  run.emit({ type: 'run.suspended', code, message, times: tries.sameCount });
}

function sendingCall(operation: Operation): (question: Resumable<WriteInput>) => Intent {
  return ({ evidence, resume }) => ({
    operation,
    customKeyStoreId: evidence.store.customKeyStoreId,
    resume: forIntent(resume),
  });
}

function sendingKeyCalls(operation: 'EnableKey' | 'DisableKey') {
  return ({ store, resume }: Pick<DisableInput, 'store' | 'resume'>): Intent => ({
    operation,
    customKeyStoreId: store.customKeyStoreId,
    resume: forIntent(resume),
  });
}

function sendingUpdate({ change, ...question }: Resumable<UpdateActorInput>): Intent {
  return { ...sendingCall('UpdateCustomKeyStore')(question), change };
}

async function approve(run: Run, question: ActorInputs['approve'], { signal }: StepContext): Promise<Approved> {
  const { store, plan, findings, accepted, isApproved } = question;
  const missing = findMissing(plan, findings, { accept: accepted });
  if (isApproved && missing.length === 0) return { kind: 'approved', accepted: [] };
  if (run.approver) return run.approver.ask({ store, plan, findings, missing, ...run.input.place }, signal);
  if (missing.length > 0) return { kind: 'unconsented', missing: [`--accept ${missing.join(',')}`] };
  return { kind: 'approved', accepted: [] };
}
