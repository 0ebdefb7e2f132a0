/** What is remembered of an answer. Each returns the part of the context that changes; none has an effect. */

import { applyChange, type Change, pickChange } from '../../src/domain/change.ts';
import { explainConnectionError } from '../../src/domain/connection-errors.ts';
import { exposeEnabled, withhold } from '../../src/domain/fence.ts';
import type { KeyVerification } from '../../src/domain/key-verification.ts';
import { type LoginRecord, noLogins, showsNoLogin, withoutLogin, withoutOne } from '../../src/domain/logins.ts';
import { addCalls } from '../../src/domain/outcome.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { rejectedNames } from '../../src/domain/restorability.ts';
import { mayBeStale } from '../../src/domain/stale-reads.ts';
import { trialConnectCheck } from '../../src/domain/trial-connect.ts';
import { beginNewRow } from '../../src/domain/tries.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';
import { allSent, findCountedLogin, hasWrittenBefore, rollbackOf } from './facts.ts';
import type { Checked, KeysVerified, Observation, Result, Settled } from './outputs.ts';
import { recordStaleReads, sawStaleRead } from './stale-reads.ts';
import { hasFired, isConnectedBySwitch } from './switch.ts';

type Changes = Partial<Context>;

interface Args {
  readonly context: Context;
  readonly event: Event;
}

/** Remembers an answer: its stamp, what was seen of the store, and what it says that this run has done. */
export function record({ context, event }: Args): Changes {
  const { value, atMs, cancelRequested } = event.output;
  const nowMs = Math.max(context.nowMs, atMs);
  const calls = addCalls(context.calls, value.calls);
  const observed = observationOf(value) ?? context.lastObserved;
  const stopRequested = context.stopRequested || cancelRequested;
  const stamp = {
    nowMs,
    calls,
    lastObserved: observed,
    stale: recordStaleReads(context, event, nowMs),
    stopRequested,
    ...recordLogin(context, value),
    ...recordTries(context, value),
  };
  const stamped = { ...context, ...stamp };
  return {
    ...stamp,
    hasSeenStaleRead: context.hasSeenStaleRead || sawStaleRead(value),
    hasConnectFailed: recordConnectFailure(context, event),
    isConnectUndecided: recordConnectDoubt(context, event),
    ...recordOnline(stamped, event),
    ...recordAnswer(stamped, event),
  };
}

/** The outage ends when CONNECTED is observed, whether this run or another actor connected the store. */
function recordOnline(context: Context, event: Event): Changes {
  const { value } = event.output;
  if (context.offlineSinceMs === null || context.lastObserved?.store.connectionState !== 'CONNECTED') return {};
  const isEnd = value.kind === 'foreign' || value.kind === 'unmoved' || value.kind === 'released';
  const isCertain = isEnd && !mayBeStale(context.stale, 'CONNECTED', context.nowMs);
  return isCertain || isConnectedBySwitch(context, event) ? recordConnected(context) : {};
}

/** What a write observed before it was cut off is no evidence: it may be an external change. */
function observationOf(value: Result): Observation | null {
  if (value.kind === 'cutOff' && 'mayBeDone' in value) return null;
  return 'observed' in value ? value.observed : null;
}

function recordAnswer(context: Context, { type, output: { value } }: Event): Changes {
  switch (value.kind) {
    case 'observed':
      return 'logins' in value ? { logins: value.logins, holdsLock: value.holdsLock } : {};
    case 'checked':
      return recordFindings(context, type, value.findings);
    case 'prepared':
      return { preparation: value.preparation };
    case 'approved':
      return { isApproved: true, accepted: [...new Set([...context.accepted, ...value.accepted])] };
    case 'fencePrepared':
      return { fence: value.fence };
    case 'fenced':
      return { fence: value.fence, isFenced: true };
    case 'fenceFailed':
    case 'enabled':
      return { fence: value.fence };
    case 'verified':
      return {
        ...recordFence(context, value),
        keyVerification: { ...recordExposure(context), ...value.keyVerification, ...recordFeltOutage(context, value) },
        keyTest: value.keyTest,
      };
    case 'reached':
      return {
        ...recordKeysFailed(context, value),
        ...(value.observed.store.connectionState === 'CONNECTED' ? recordConnected(context, value.shownSinceMs) : {}),
      };
    case 'failed':
      return recordFailure(context, value.tally);
    case 'accepted':
      return { hasWritten: true, isUnsure: false, lastAcceptedAtMs: context.nowMs, ...recordWrite(context, type) };
    case 'unclear':
      return value.mayBeDone ? recordUnclear(context, type) : recordNotDone(context);
    case 'refused':
      return recordNotDone(context);
    case 'foreign':
      return 'mayBeDone' in value && value.mayBeDone ? recordUnclear(context, type) : {};
    case 'cutOff':
      return 'mayBeDone' in value && value.mayBeDone
        ? { hasWritten: true, isUnsure: true, hadWritten: hasWrittenBefore(context) }
        : {};
    case 'armed':
      return { armed: value.armed, hasSwitchFired: hasFired(context, context.nowMs) };
    case 'unarmed':
      return value.mayBeArmed ? { armed: value.armed } : {};
    case 'disarmed':
      return { armed: null, hasSwitchFired: hasFired(context, context.nowMs) };
    case 'stillArmed':
      return { isSwitchStuck: true };
    case 'released':
      return recordRelease(context, value.correction, value.accepted);
    case 'unreadable':
    case 'locked':
    case 'unmoved':
    case 'overdue':
    case 'stopped':
    case 'givenUp':
    case 'expired':
    case 'answered':
    case 'gone':
    case 'declined':
    case 'unconsented':
    case 'waited':
    case 'unfenced':
      return {};
  }
}

/** The checks of a rollback are no part of the assessment. The finding of a trial connect outlasts the other checks. */
function recordFindings({ findings, nowMs }: Context, type: Event['type'], found: Checked['findings']): Changes {
  if (type === 'xstate.done.actor.trialConnect') return { findings: [...findings, ...found] };
  if (type !== 'xstate.done.actor.runChecks') return {};
  return { findings: [...found, ...findings.filter(({ check }) => check === trialConnectCheck)], checkedAtMs: nowMs };
}

/** Keys that turn out to be different after all of them were enabled were exposed until now. */
function recordFence({ fence, nowMs }: Context, { fence: left, keyVerification }: KeysVerified): Changes {
  if (left) return { fence: left };
  return fence && keyVerification.status === 'mismatch' ? { fence: exposeEnabled(fence, nowMs) } : {};
}

function recordKeysFailed({ keysFailedAtMs }: Context, { keysFailedAtMs: failedAtMs }: Settled): Changes {
  return keysFailedAtMs === null && failedAtMs !== undefined ? { keysFailedAtMs: failedAtMs } : {};
}

/** What was encrypted under lost keys stays so, also when the right ones are back. */
function recordExposure({ keyVerification: { exposure } }: Context): Pick<KeyVerification, 'exposure'> {
  return exposure ? { exposure } : {};
}

/** A store that was offline before the run had no outage by it. */
function recordFeltOutage(
  { keysFailedAtMs, offlineSinceMs }: Context,
  { keysWorkAtMs }: KeysVerified,
): Pick<KeyVerification, 'outageMs'> {
  const isOver = offlineSinceMs !== null && keysFailedAtMs !== null && keysWorkAtMs !== undefined;
  return isOver ? { outageMs: Math.max(0, keysWorkAtMs - keysFailedAtMs) } : {};
}

/** Whether the last connect failed, at once or later. */
function recordConnectFailure({ hasConnectFailed }: Context, { type, output: { value } }: Event): boolean {
  if (value.kind === 'failed') return true;
  if (type === 'xstate.done.actor.connectStore') return value.kind !== 'accepted' && value.kind !== 'cutOff';
  return type === 'xstate.done.actor.updateStore' && value.kind === 'accepted' ? false : hasConnectFailed;
}

function recordConnectDoubt({ isConnectUndecided }: Context, { type, output: { value } }: Event): boolean {
  return type === 'xstate.done.actor.connectStore' ? value.kind === 'unclear' : isConnectUndecided;
}

/** The new settings may be in force, and Describe may show either. */
function recordUnclear({ plan }: Context, type: Event['type']): Changes {
  const written = { hasWritten: true, isUnsure: false };
  if (type === 'xstate.done.actor.connectStore') return { ...written, hasDisconnected: false };
  if (type === 'xstate.done.actor.restoreStore') return { ...written, update: 'unclear' };
  if (type !== 'xstate.done.actor.updateStore') return written;
  return { ...written, update: 'unclear', undecided: plan?.send ?? {} };
}

/** KMS has not carried out the call, nor any try of it. */
function recordNotDone(context: Context): Changes {
  return { hasWritten: hasWrittenBefore(context), isUnsure: false };
}

/** The tries of one call: the next answer that decides it ends them. */
function recordTries({ tries }: Context, value: Result): Changes {
  switch (value.kind) {
    case 'cutOff':
      return 'tries' in value ? { tries: value.tries } : {};
    case 'answered':
      return tries !== null && Object.keys(value.tally).length > 0 ? { tries: beginNewRow(tries) } : {};
    case 'accepted':
    case 'refused':
    case 'unclear':
    case 'foreign':
      return { tries: null };
    default:
      return {};
  }
}

/** A corrected value takes the place of the planned one, and is sent again with all that was. */
function recordRelease(context: Context, correction: Change, accepted: Context['accepted']): Changes {
  const plan = context.plan as Plan;
  const isCorrected = Object.keys(correction).length > 0;
  return {
    isHeld: true,
    obstacle: null,
    accepted: [...new Set([...context.accepted, ...accepted])],
    retries: 0,
    ...(isCorrected ? { isUnsent: true, plan: { ...plan, send: { ...plan.send, ...correction } } } : {}),
  };
}

/** A connect may have reached the login whether its answer came or not. */
function recordLogin({ accepted }: Context, value: Result): Changes {
  if (!('login' in value) || value.login === undefined) return {};
  const { record, isGrantSpent, isAccepted = false } = value.login;
  const login = { logins: record, isLoginAccepted: isAccepted };
  return { ...login, accepted: isGrantSpent ? withoutLogin(accepted) : accepted };
}

function recordFailure(context: Context, tally: Settled['tally']): Changes {
  const { logins, accepted, lastObserved: observed } = context;
  if (observed === null) return {};
  const { connectionErrorCode: code, customKeyStoreType: type } = observed.store;
  const counted = findCountedLogin(context);
  if (counted && showsNoLogin(counted, observed, tally)) return { logins: withoutOne(logins), isLoginAccepted: false };
  const isRefused = code !== undefined && explainConnectionError(code, type).login === 'refused';
  return {
    isLoginAccepted: false,
    ...(isRefused ? { logins: { ...logins, refusedWith: code }, accepted: withoutLogin(accepted) } : {}),
  };
}

/** `atMs`: since when CONNECTED was shown; to confirm it may have taken longer, and was no outage. */
export function recordConnected(context: Context, atMs = context.nowMs): Changes {
  // The earlier run may have counted by a clock that was set back since.
  const { outageSinceMs, pastOfflineMs } = context;
  const offlineMs = outageSinceMs === null ? null : pastOfflineMs + Math.max(0, atMs - outageSinceMs);
  return {
    logins: noLogins,
    connectedSince: context.connectedSince || context.update === 'accepted',
    offlineMs: context.offlineMs ?? offlineMs,
  };
}

function recordWrite(context: Context, type: Event['type']): Changes {
  const { nowMs, plan, sent, before, inForce, fence } = context;
  switch (type) {
    case 'xstate.done.actor.disconnectStore':
      return { hasDisconnected: true, ...(before?.connectionState === 'CONNECTED' ? beginOutage(context) : {}) };
    case 'xstate.done.actor.updateStore': {
      const send = plan?.send ?? {};
      const accepted = { update: 'accepted', isUnsent: false, undecided: {}, updateAcceptedAtMs: nowMs } as const;
      const settings = { sent: { ...sent, ...send }, inForce: applyChange(inForce, send) };
      return { ...accepted, ...settings, ...recordNewLogin(send, context.request.change) };
    }
    case 'xstate.done.actor.restoreStore': {
      const rollback = rollbackOf(context);
      const all = allSent(context);
      const kept = pickChange(all, (name) => context.unrestored.includes(name));
      const isWhole = context.unrestored.length === 0;
      return {
        update: isWhole ? 'restored' : 'accepted',
        updateAcceptedAtMs: nowMs,
        sent: isWhole ? all : kept,
        undecided: {},
        inForce: applyChange(before?.settings ?? {}, kept),
        // Under the old settings the keys are the same again.
        ...(isWhole && fence ? { fence: withhold(fence, false) } : {}),
        ...recordNewLogin(rollback.possible ? rollback.change : {}, context.request.change),
      };
    }
    case 'xstate.done.actor.connectStore':
      return { hasDisconnected: false };
    default:
      return {};
  }
}

/** An outage that has ended is over: this is another one, and both count. */
function beginOutage(context: Context): Changes {
  const { nowMs, offlineSinceMs, outageSinceMs, offlineMs, pastOfflineMs, externalConnectAtMs } = context;
  const isExternal = externalConnectAtMs !== null && externalConnectAtMs > (offlineSinceMs ?? 0);
  const isNew = offlineMs !== null || isExternal;
  return {
    offlineSinceMs: isExternal ? nowMs : (offlineSinceMs ?? nowMs),
    outageSinceMs: isNew ? nowMs : (outageSinceMs ?? nowMs),
    offlineMs: null,
    pastOfflineMs: offlineMs ?? pastOfflineMs,
  };
}

/** Another password, or another cluster than the one whose logins were read: what was counted says nothing of it. */
function recordNewLogin(send: Change, asked: Change): { logins?: LoginRecord } {
  const isOther = send.CloudHsmClusterId !== undefined && send.CloudHsmClusterId !== asked.CloudHsmClusterId;
  return send.KeyStorePassword !== undefined || isOther ? { logins: noLogins } : {};
}

/** KMS does not take these old values back: the rest is restored without them. */
export function leaveUnrestored({ context, event }: Args): Changes {
  const { value } = event.output;
  const rollback = rollbackOf(context);
  if (value.kind !== 'refused' || !rollback.possible) return {};
  return { unrestored: [...context.unrestored, ...rejectedNames(rollback.change, value.failure)] };
}

export function countRetry({ context }: Args): Changes {
  return { retries: context.retries + 1 };
}

/** The rollback has a budget of its own for connects that a retry may cure; a suspended one that comes back begins no new one. */
export function beginRollback({ context }: { context: Context }): Changes {
  return context.goal === 'back' ? {} : { goal: 'back', retries: 0 };
}

/** KMS takes the change offline only. */
export function refuseLive(): Changes {
  return { isLiveRefused: true };
}
