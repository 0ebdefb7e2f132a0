/** What is remembered of an answer. Each returns the part of the context that changes; none has an effect. */
import { applyChange, type Change } from '../../src/domain/change.ts';
import { explainConnectionError } from '../../src/domain/connection-errors.ts';
import { type LoginRecord, noLogins, withoutLogin } from '../../src/domain/logins.ts';
import { addCalls } from '../../src/domain/outcome.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { type Proof, unprepared, unproven } from '../../src/domain/proof.ts';
import { rehearsalCheck } from '../../src/domain/rehearsal.ts';
import { noStaleReads } from '../../src/domain/stale-reads.ts';
import type { Checked, Proven, Result, Settled, Sighting } from './answers.ts';
import { rollbackOf } from './facts.ts';
import { recordStaleReads } from './stale-reads.ts';
import { hasStruck, isConnectedBySwitch } from './switch.ts';
import type { Context, Event, Input } from './types.ts';

type Changes = Partial<Context>;

interface Args {
  readonly context: Context;
  readonly event: Event;
}

/** What an earlier run has left counts as this one's own. */
export function begin(input: Input): Context {
  const { takenUp } = input;
  return {
    ...input,
    nowMs: input.startedAtMs,
    stopRequested: false,
    calls: {},
    seen: null,
    holdsLock: false,
    before: takenUp?.before ?? null,
    plan: null,
    findings: [],
    checkedAtMs: null,
    isApproved: false,
    accepted: input.order.policy.accept,
    update: takenUp?.pending ? 'unclear' : (takenUp?.update ?? 'none'),
    isUnsent: false,
    sent: takenUp?.sent ?? {},
    inForce: {},
    stale: noStaleReads,
    lastAcceptedAtMs: takenUp?.lastAcceptedAtMs ?? null,
    updateAcceptedAtMs: takenUp?.updateAcceptedAtMs ?? null,
    hasWritten: takenUp?.isUnfinished ?? false,
    isLiveRefused: false,
    hasConnectFailed: false,
    isUnsure: false,
    isHeld: false,
    offlineSinceMs: takenUp?.offlineSinceMs ?? null,
    offlineMs: null,
    connectedSince: takenUp?.connectedSince ?? false,
    armed: takenUp?.armed ?? null,
    hasSwitchStruck: false,
    isSwitchStuck: false,
    logins: takenUp?.logins ?? noLogins,
    goal: takenUp?.goal ?? 'forward',
    retries: 0,
    preparation: takenUp?.preparation ?? unprepared,
    keysFailedAtMs: null,
    proof: takenUp?.exposure ? { ...unproven, exposure: takenUp.exposure } : unproven,
    reason: takenUp?.goal === 'back' ? (takenUp.reason ?? null) : null,
    obstacle: null,
  };
}

/** Remembers an answer: its stamp, what was seen of the store, and what it says that this run has done. */
export function record({ context, event }: Args): Changes {
  const { value, atMs, cancelRequested } = event.output;
  const nowMs = Math.max(context.nowMs, atMs);
  const calls = addCalls(context.calls, value.calls);
  const seen = sightingOf(value) ?? context.seen;
  const stopRequested = context.stopRequested || cancelRequested;
  const stamp = {
    nowMs,
    calls,
    seen,
    stale: recordStaleReads(context, event, nowMs),
    stopRequested,
    ...recordLogin(context, value),
  };
  const stamped = { ...context, ...stamp };
  return {
    ...stamp,
    hasConnectFailed: recordConnectFailure(context, event),
    ...recordStrike(stamped, event),
    ...recordAnswer(stamped, event),
  };
}

/** A look that finds the store online, though this run has not connected it. */
function recordStrike(context: Context, event: Event): Changes {
  const isOnline = context.seen?.store.connectionState === 'CONNECTED';
  return isOnline && isConnectedBySwitch(context, event) ? recordConnected(context) : {};
}

/** What a write saw before it was cut off is nothing to go by: it may be somebody else's doing. */
function sightingOf(value: Result): Sighting | null {
  if (value.kind === 'cutOff' && 'mayBeDone' in value) return null;
  return 'seen' in value ? value.seen : null;
}

function recordAnswer(context: Context, { type, output: { value } }: Event): Changes {
  switch (value.kind) {
    case 'seen':
      return 'logins' in value ? { logins: value.logins, holdsLock: value.holdsLock } : {};
    case 'checked':
      return recordFindings(context, type, value.findings);
    case 'prepared':
      return { preparation: value.preparation };
    case 'approved':
      return { isApproved: true, accepted: [...new Set([...context.accepted, ...value.accepted])] };
    case 'proven':
      return { proof: { ...recordExposure(context), ...value.proof, ...recordFeltOutage(context, value) } };
    case 'reached':
      return {
        ...recordKeysFailed(context, value),
        ...(value.seen.store.connectionState === 'CONNECTED' ? recordConnected(context) : {}),
      };
    case 'failed':
      return recordFailure(context);
    case 'accepted':
      return { hasWritten: true, isUnsure: false, lastAcceptedAtMs: context.nowMs, ...recordWrite(context, type) };
    case 'unclear':
      return recordUnclear(type);
    case 'foreign':
      return 'mayBeDone' in value && value.mayBeDone ? recordUnclear(type) : {};
    case 'cutOff':
      return 'mayBeDone' in value && value.mayBeDone ? { hasWritten: true, isUnsure: true } : {};
    case 'armed':
      return { armed: value.armed, hasSwitchStruck: hasStruck(context, context.nowMs) };
    case 'unarmed':
      return value.mayBeArmed ? { armed: value.armed } : {};
    case 'disarmed':
      return { armed: null, hasSwitchStruck: hasStruck(context, context.nowMs) };
    case 'stillArmed':
      return { isSwitchStuck: true };
    case 'released':
      return recordRelease(context, value.correction, value.accepted);
    default:
      return {};
  }
}

/** The way back is looked at as well, and that is no part of what was assessed. A rehearsal outlasts the other checks. */
function recordFindings({ findings, nowMs }: Context, type: Event['type'], found: Checked['findings']): Changes {
  if (type === 'xstate.done.actor.rehearse') return { findings: [...findings, ...found] };
  if (type !== 'xstate.done.actor.runChecks') return {};
  return { findings: [...found, ...findings.filter(({ check }) => check === rehearsalCheck)], checkedAtMs: nowMs };
}

function recordKeysFailed({ keysFailedAtMs }: Context, { keysFailedAtMs: failedAtMs }: Settled): Changes {
  return keysFailedAtMs === null && failedAtMs !== undefined ? { keysFailedAtMs: failedAtMs } : {};
}

/** What was encrypted under lost keys stays so, also when the right ones are back. */
function recordExposure({ proof: { exposure } }: Context): Pick<Proof, 'exposure'> {
  return exposure ? { exposure } : {};
}

function recordFeltOutage({ keysFailedAtMs }: Context, { keysWorkAtMs }: Proven): Pick<Proof, 'outageMs'> {
  const isOver = keysFailedAtMs !== null && keysWorkAtMs !== undefined;
  return isOver ? { outageMs: Math.max(0, keysWorkAtMs - keysFailedAtMs) } : {};
}

/** Whether the last connect failed, at once or later. */
function recordConnectFailure({ hasConnectFailed }: Context, { type, output: { value } }: Event): boolean {
  if (value.kind === 'failed') return true;
  if (type === 'xstate.done.actor.connectStore') return value.kind !== 'accepted' && value.kind !== 'cutOff';
  return type === 'xstate.done.actor.updateStore' && value.kind === 'accepted' ? false : hasConnectFailed;
}

function recordUnclear(type: Event['type']): Changes {
  const isUpdate = type === 'xstate.done.actor.updateStore' || type === 'xstate.done.actor.restoreStore';
  const update = isUpdate ? { update: 'unclear' as const } : {};
  return { hasWritten: true, isUnsure: false, ...update };
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
  const { record, isGrantSpent } = value.login;
  return { logins: record, accepted: isGrantSpent ? withoutLogin(accepted) : accepted };
}

function recordFailure({ logins, accepted, seen }: Context): Changes {
  const { connectionErrorCode: code, customKeyStoreType: type } = seen?.store ?? {};
  const isRefused = code !== undefined && type && explainConnectionError(code, type).login === 'refused';
  return isRefused ? { logins: { ...logins, refusedWith: code }, accepted: withoutLogin(accepted) } : {};
}

function recordConnected(context: Context): Changes {
  // The earlier run may have counted by a clock that was set back since.
  const offlineMs = context.offlineSinceMs === null ? null : Math.max(0, context.nowMs - context.offlineSinceMs);
  return {
    logins: noLogins,
    connectedSince: context.connectedSince || context.update === 'accepted',
    offlineMs: context.offlineMs ?? offlineMs,
  };
}

function recordWrite(context: Context, type: Event['type']): Changes {
  const { nowMs, plan, sent, before, inForce } = context;
  switch (type) {
    case 'xstate.done.actor.disconnectStore':
      return before?.connectionState === 'CONNECTED'
        ? { offlineSinceMs: context.offlineSinceMs ?? nowMs, offlineMs: null }
        : {};
    case 'xstate.done.actor.updateStore': {
      const send = plan?.send ?? {};
      const accepted = { update: 'accepted', isUnsent: false, updateAcceptedAtMs: nowMs } as const;
      const settings = { sent: { ...sent, ...send }, inForce: applyChange(inForce, send) };
      return { ...accepted, ...settings, ...recordNewLogin(send, context.order.change) };
    }
    case 'xstate.done.actor.restoreStore': {
      const rollback = rollbackOf(context);
      const settings = { inForce: before?.settings ?? {} };
      return {
        update: 'restored',
        updateAcceptedAtMs: nowMs,
        ...settings,
        ...recordNewLogin(rollback.possible ? rollback.change : {}, context.order.change),
      };
    }
    default:
      return {};
  }
}

/** Another password, or another cluster than the one whose logins were read: what was counted says nothing of it. */
function recordNewLogin(send: Change, asked: Change): { logins?: LoginRecord } {
  const isOther = send.CloudHsmClusterId !== undefined && send.CloudHsmClusterId !== asked.CloudHsmClusterId;
  return send.KeyStorePassword !== undefined || isOther ? { logins: noLogins } : {};
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
