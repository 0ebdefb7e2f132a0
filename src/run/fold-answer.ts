/**
 * What an answer says to a later run, by the answer alone. It needs no states and no transitions, so it also reads the log
 * of a version that had other ones. What it does not know says nothing, but a call without a known result stays pending.
 */
import { isPasswordConfirmed, mayCureKeys, rollbackOf } from '../../machines/safe-update/facts.ts';
import type { Result } from '../../machines/safe-update/index.ts';
import { applyChange, type Change, changedNames, pickChange } from '../domain/change.ts';
import { explainConnectionError } from '../domain/connection-errors.ts';
import { explainFailure, type Reason } from '../domain/failure.ts';
import { listDisabled } from '../domain/fence.ts';
import { type KeyStore, matchesSettings, nameStore, type Settings } from '../domain/key-store.ts';
import { hasFailedKeys, unprepared } from '../domain/key-verification.ts';
import { noLogins, withoutLogin } from '../domain/logins.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { explainFailed, explainKeyFailure, explainReason } from '../domain/reasons.ts';
import { namesLeftOut } from '../domain/restorability.ts';
import { type ResumeState, recognizePending } from '../domain/resume-state.ts';
import { arriveAt, leaveSettings, leaveStates, mayBeStale } from '../domain/stale-reads.ts';
import type { Call } from './intent.ts';

/** An answer as a log holds it. */
export interface LoggedAnswer {
  /** Without its ordinal. */
  readonly step: string;
  readonly atMs: number;
  readonly value: Result;
  /** A stop had been asked for by then. */
  readonly cancelRequested: boolean;
}

/** The state after the answer of a call; null while its result is unknown. */
export function foldCall(call: Call, answer: LoggedAnswer, request: UpdateRequest): ResumeState | null {
  const { atMs, value } = answer;
  if ('fence' in value && value.fence !== undefined)
    return foldAnswer({ ...call.state, fence: value.fence }, answer, request);
  const state = foldLogin(call.state, value);
  const isSettled = value.kind === 'refused' || value.kind === 'foreign' || value.kind === 'cutOff';
  if (value.kind === 'accepted') return foldAccepted({ ...call, state }, value.observed.store, atMs, request);
  if (!isSettled || ('mayBeDone' in value && value.mayBeDone)) return null;
  const settled = { ...state, pending: null };
  if (value.kind !== 'refused')
    return value.observed
      ? foldFired(foldConnected(settled, value, atMs), value.observed.store, atMs, request)
      : settled;
  const doing = `${String(call.operation)} of ${nameStore(value.observed.store)} was refused`;
  const isStale = value.failure.class === 'invalidState' && value.observed.store.connectionState === 'DISCONNECTED';
  // KMS refuses the call for a state that Describe does not show.
  const stale = isStale ? leaveStates(state.stale, ['DISCONNECTED'], atMs) : state.stale;
  const reason = explainFailure(value.failure, doing);
  const isBehindFence = listDisabled(state.fence ?? null).length > 0 && !state.hasDisconnected;
  const isOnline = call.operation === 'DisconnectCustomKeyStore' && state.offlineSinceMs === null;
  return isBehindFence && isOnline
    ? turnBack({ ...settled, stale }, reason, request)
    : remember({ ...settled, stale }, reason);
}

function foldAccepted(
  { operation, state }: Call,
  observed: KeyStore,
  atMs: number,
  request: UpdateRequest,
): ResumeState {
  const { before, pending, inForce, sent, stale } = state;
  const accepted = { ...state, isUnfinished: true, pending: null, lastAcceptedAtMs: atMs };
  switch (operation) {
    case 'DisconnectCustomKeyStore':
      return {
        ...accepted,
        hasDisconnected: true,
        stale: leaveStates(stale, [observed.connectionState], atMs),
        ...(before.connectionState === 'CONNECTED' ? { offlineSinceMs: state.offlineSinceMs ?? atMs } : {}),
      };
    case 'ConnectCustomKeyStore':
      return {
        ...accepted,
        hasConnected: true,
        hasDisconnected: false,
        stale: leaveStates(stale, ['DISCONNECTED', 'DISCONNECTING'], atMs),
      };
    default: {
      const change = pending ?? {};
      const updated = {
        ...accepted,
        updateAcceptedAtMs: atMs,
        stale: leaveSettings(stale, inForce, atMs),
        ...(isNewLogin(change, request) ? { logins: noLogins } : {}),
      };
      return state.goal === 'back'
        ? { ...updated, ...foldRestored(before.settings, sent, change) }
        : {
            ...updated,
            update: 'accepted',
            isUnsent: false,
            sent: { ...sent, ...change },
            inForce: applyChange(inForce, change),
          };
    }
  }
}

/** What a rollback has left out is still the new value, and in force. */
function foldRestored(
  before: Settings,
  sent: Change,
  rollback: Change,
): Pick<ResumeState, 'update' | 'sent' | 'inForce'> {
  const leftOut = namesLeftOut(before, sent, rollback);
  if (leftOut.length === 0) return { update: 'restored', sent, inForce: before };
  const kept = pickChange(sent, (name) => leftOut.includes(name));
  return { update: 'accepted', sent: kept, inForce: applyChange(before, kept) };
}

/** Another password, or another cluster than the one whose logins were read. */
function isNewLogin({ KeyStorePassword, CloudHsmClusterId }: Change, { change }: UpdateRequest): boolean {
  return KeyStorePassword !== undefined || (CloudHsmClusterId ?? change.CloudHsmClusterId) !== change.CloudHsmClusterId;
}

/** The state after the answer of a step that sends nothing to the store. */
export function foldAnswer(state: ResumeState, answer: LoggedAnswer, request: UpdateRequest): ResumeState {
  const { step, atMs, value, cancelRequested } = answer;
  const next = foldConnected(foldArrival(foldLogin(state, value), value, atMs), value, atMs);
  const { accepted, before } = next;
  switch (value.kind) {
    case 'observed':
      return foldObserved(next, value.observed.store);
    case 'reached':
      return value.observed.store.connectionState === 'CONNECTED'
        ? { ...next, logins: noLogins, connectedSince: next.connectedSince || next.update === 'accepted' }
        : foldStop(next, cancelRequested, request);
    case 'failed':
      return foldFailed(next, value.observed.store);
    case 'unmoved':
    case 'foreign': {
      const fired = foldFired(next, value.observed.store, atMs, request);
      return value.kind === 'foreign'
        ? fired
        : remember(fired, explainReason('NO_EFFECT', { store: value.observed.store }));
    }
    case 'fencePrepared':
      return { ...next, fence: value.fence };
    case 'fenced':
      return foldStop(next, cancelRequested, request);
    case 'fenceFailed':
      return turnBack(next, explainReason('FENCE_FAILED', { store: before, detail: value.failure.message }), request);
    case 'armed':
      return { ...next, armed: value.armed };
    case 'unarmed':
      return value.mayBeArmed ? { ...next, armed: value.armed } : next;
    case 'disarmed':
      return foldStop(withoutSwitch(next), cancelRequested, request);
    case 'stillArmed':
      return foldStop(next, cancelRequested, request);
    case 'approved':
      return { ...next, accepted: [...new Set([...accepted, ...value.accepted])] };
    case 'released': {
      const held = { ...next, isHeld: true, accepted: [...new Set([...accepted, ...value.accepted])] };
      const isCorrected = Object.keys(value.correction).length > 0;
      const corrected = { ...held, isUnsent: true, send: { ...next.send, ...value.correction } };
      const left = isCorrected ? corrected : held;
      const isFailed = value.observed?.store.connectionState === 'FAILED';
      const released = foldStop(left, cancelRequested, request);
      return value.observed && !isFailed ? foldFired(released, value.observed.store, atMs, request) : released;
    }
    case 'givenUp':
      return turnBack(next, explainReason('STOPPED', { detail: ' while the store was offline' }), request);
    case 'expired': {
      const isConfirmed = isPasswordConfirmed({ ...next, plan: next });
      const expired = explainReason('HOLD_EXPIRED', { store: value.observed?.store ?? before });
      return isConfirmed ? remember(next, expired) : turnBack(next, expired, request);
    }
    case 'verified': {
      const { exposure } = value.keyVerification;
      const exposed = exposure ? { ...next, exposure } : next;
      if (!hasFailedKeys(value)) return exposed;
      const reason = explainKeyFailure(value, before);
      return mayCureKeys(factsOf(exposed, request)) ? turnBack(exposed, reason, request) : remember(exposed, reason);
    }
    case 'checked':
      return step === 'checkRollback' && next.reason && value.findings.every(({ status }) => status !== 'failed')
        ? turnBack(next, next.reason, request)
        : next;
    case 'unreadable':
    case 'locked':
    case 'accepted':
    case 'refused':
    case 'unclear':
    case 'cutOff':
    case 'overdue':
    case 'stopped':
    case 'answered':
    case 'gone':
    case 'prepared':
    case 'declined':
    case 'unconsented':
    case 'waited':
    case 'unfenced':
    case 'enabled':
      return next;
    default:
      // Another version has written it, which this one does not know: it says nothing.
      value satisfies never;
      return next;
  }
}

/** The first observation of a resumed run may show what came of the update of the run before. */
function foldObserved(state: ResumeState, { settings }: KeyStore): ResumeState {
  const { pending, send } = state;
  const carriedOut = recognizePending(state, settings);
  if (pending === null || carriedOut === null) return state;
  const isUnsent = changedNames(send).some((name) => pending[name] === undefined);
  return { ...state, ...carriedOut, pending: null, isUnsent };
}

/** A wait that is over has observed a state that is no stale read. */
function foldArrival(state: ResumeState, value: Result, atMs: number): ResumeState {
  if (value.kind !== 'reached' && value.kind !== 'failed') return state;
  const { connectionState } = value.observed.store;
  // A CONNECTING in doubt stays in doubt: an earlier process may have observed stale reads.
  const isInDoubt = value.sawStaleRead === true || mayBeStale(state.stale, 'CONNECTING', atMs);
  return { ...state, stale: arriveAt(state.stale, connectionState, isInDoubt, atMs) };
}

/** Another actor has connected the store: the dead man's switch, or the operator in a hold. */
function foldConnected(state: ResumeState, value: Result, atMs: number): ResumeState {
  const isEnd = value.kind === 'foreign' || value.kind === 'unmoved' || value.kind === 'released';
  if (!isEnd || state.offlineSinceMs === null || value.observed?.store.connectionState !== 'CONNECTED') return state;
  if (mayBeStale(state.stale, 'CONNECTED', atMs)) return state;
  return { ...state, logins: noLogins, connectedSince: state.connectedSince || state.update === 'accepted' };
}

/** A connect may have reached the login, whether its answer came or not. */
function foldLogin(state: ResumeState, value: Result): ResumeState {
  if (!('login' in value) || value.login === undefined) return state;
  const { record, isGrantSpent } = value.login;
  return { ...state, logins: record, accepted: isGrantSpent ? withoutLogin(state.accepted) : state.accepted };
}

function foldFailed(state: ResumeState, store: KeyStore): ResumeState {
  const failed = remember(state, explainFailed(store));
  const { connectionErrorCode: code, customKeyStoreType } = store;
  if (code === undefined || explainConnectionError(code, customKeyStoreType).login !== 'refused') return failed;
  return {
    ...failed,
    logins: { ...failed.logins, refusedWith: code },
    accepted: withoutLogin(failed.accepted),
  };
}

/** The dead man's switch has connected the store. With the old settings in force it is not disconnected once more. */
function foldFired(state: ResumeState, store: KeyStore, atMs: number, request: UpdateRequest): ResumeState {
  const { armed, inForce, update, isUnsent } = state;
  const hasFired = armed !== undefined && atMs >= armed.deadlineAtMs;
  const hasConnected = ['CONNECTING', 'CONNECTED', 'FAILED'].includes(store.connectionState);
  if (!hasFired || !hasConnected || !matchesSettings(inForce, store.settings)) return state;
  if (update === 'accepted' && !isUnsent)
    return { ...state, connectedSince: state.connectedSince || store.connectionState === 'CONNECTED' };
  const detail = `it is ${store.connectionState}`;
  return turnBack(state, explainReason('SWITCH_FIRED', { store, detail }), request);
}

/** After a stop, a run that has acted and changed no setting restores the connection state, and enables the keys. */
function foldStop(state: ResumeState, isStopped: boolean, request: UpdateRequest): ResumeState {
  const hasActed = state.isUnfinished || listDisabled(state.fence ?? null).length > 0;
  const mustRollBack = isStopped && hasActed && state.update === 'none' && state.pending === null;
  if (!mustRollBack || state.goal === 'back') return state;
  return turnBack(state, explainReason('STOPPED', { detail: ' while the store was offline' }), request);
}

function withoutSwitch({ armed: _, ...state }: ResumeState): ResumeState {
  return state;
}

/** The first reason is the one that counts. */
function remember(state: ResumeState, reason: Reason): ResumeState {
  return { ...state, reason: state.reason ?? reason };
}

/** To the rollback, unless an old value cannot be restored: then only the new settings are left. */
function turnBack(state: ResumeState, reason: Reason, request: UpdateRequest): ResumeState {
  const remembered = remember(state, reason);
  return rollbackOf(factsOf(remembered, request)).possible ? { ...remembered, goal: 'back' } : remembered;
}

function factsOf(state: ResumeState, request: UpdateRequest) {
  return { ...state, preparation: state.preparation ?? unprepared, request, undecided: {}, unrestored: [] };
}
