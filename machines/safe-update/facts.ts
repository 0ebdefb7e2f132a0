/** What follows from the context: derived here each time, so that it is stored nowhere. */
import { applyChange, type Change, changedNames } from '../../src/domain/change.ts';
import type { Reason } from '../../src/domain/failure.ts';
import { listDisabled } from '../../src/domain/fence.ts';
import type { Settings } from '../../src/domain/key-store.ts';
import type { AcceptedLogin } from '../../src/domain/logins.ts';
import type { SettingsInForce } from '../../src/domain/outcome.ts';
import { findTimeObjection, type Plan } from '../../src/domain/plan.ts';
import { describeProperty } from '../../src/domain/properties.ts';
import { planRollback, type RollbackPlan } from '../../src/domain/restorability.ts';
import type { ResumeState } from '../../src/domain/resume-state.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';

/** A fact that the states before must have put into the context; its lack is a bug of the machine. */
export function known<T>(fact: T | null, what: string): T {
  if (fact === null) throw new Error(`the machine needs ${what} here`);
  return fact;
}

type Facts = Pick<Context, 'before' | 'sent' | 'undecided' | 'unrestored' | 'update' | 'request' | 'connectedSince'>;

export function settingsInForce(update: Context['update']): SettingsInForce {
  if (update === 'unclear') return 'unknown';
  return update === 'accepted' ? 'new' : 'old';
}

/** The way back from what was sent, or may be in force: an empty change where nothing was, or nothing more is possible. */
export function rollbackOf(facts: Facts): RollbackPlan {
  const { before, update, request, connectedSince, unrestored } = facts;
  const isSent = update === 'accepted' || update === 'unclear';
  if (!isSent || before === null) return { possible: true, change: {} };
  return planRollback(before, allSent(facts), request.previous, connectedSince, unrestored);
}

/** What KMS has accepted, and what it may have carried out. */
export function allSent({ sent, undecided }: Pick<Context, 'sent' | 'undecided'>): Change {
  return { ...sent, ...undecided };
}

/** Whether the store was online when it was updated. A resume has no plan of that: then nothing was offline since. */
export function wasSentLive(
  context: Pick<Context, 'before' | 'offlineSinceMs' | 'plan' | 'sent' | 'undecided'>,
): boolean {
  const { before, offlineSinceMs, plan } = context;
  if (before?.connectionState !== 'CONNECTED' || offlineSinceMs !== null) return false;
  const type = before.customKeyStoreType;
  const mayBeLive = changedNames(allSent(context)).every((name) => describeProperty(name).live[type] !== 'never');
  const isPlanned = plan !== null && changedNames(plan.send).length > 0;
  return mayBeLive && (!isPlanned || plan.mode === 'live');
}

/** The settings that may be in force: two, where KMS gave no definite answer to an update. */
export function possibleSettings({ inForce, undecided }: Pick<Context, 'inForce' | 'undecided'>): readonly Settings[] {
  return changedNames(undecided).length > 0 ? [inForce, applyChange(inForce, undecided)] : [inForce];
}

/** Whether the store is not as it was found, if the call that is not decided yet was not carried out. */
export function hasWrittenBefore({ isUnsure, hadWritten, hasWritten }: Context): boolean {
  return isUnsure ? hadWritten : hasWritten;
}

/** Keys are disabled by the run, or may be. */
export function hasDisabledKeys({ fence }: Pick<Context, 'fence'>): boolean {
  return listDisabled(fence).length > 0;
}

/** The store, or a key, is not as it was found. */
export function hasActed(context: Pick<Context, 'hasWritten' | 'fence'>): boolean {
  return context.hasWritten || hasDisabledKeys(context);
}

/** No key is enabled under material known to be wrong, and KMS shows the state of a key only while the store is CONNECTED. */
export function mayEnableKeys(context: Context): boolean {
  const isOnline = context.lastObserved?.store.connectionState === 'CONNECTED';
  return hasDisabledKeys(context) && isOnline && !leadsToOtherKeys(context);
}

/**
 * The settings in force were seen to lead to other keys, by this run or the one that it takes up: what is encrypted under
 * these could never be decrypted again.
 */
export function leadsToOtherKeys({ keyVerification, reason, obstacle, update }: Context): boolean {
  if (update === 'restored') return obstacle?.code === 'KEY_MISMATCH';
  return keyVerification.status === 'mismatch' || reason?.code === 'KEY_MISMATCH';
}

/** Whether a call is tried again: the store is not as it was found, or the operator has acted for the run. */
export function isPatient(context: Context): boolean {
  return hasActed(context) || context.isHeld;
}

type Confirmable = Pick<Context, 'before' | 'sent' | 'isHeld'> & {
  readonly plan: Pick<Plan, 'send'> | null;
  readonly resumedFrom?: Pick<ResumeState, 'isHeld'>;
};

/** The operator said that kmsuser has the new password: KMS could not log in with the old one. */
export function isPasswordConfirmed({ before, plan, sent, isHeld, resumedFrom }: Confirmable): boolean {
  if (before?.customKeyStoreType !== 'AWS_CLOUDHSM' || !(isHeld || resumedFrom?.isHeld)) return false;
  return { ...sent, ...plan?.send }.KeyStorePassword !== undefined;
}

/** What the end of a hold that no one answers, or a stop, leads to: KMS could not log in with a password that was replaced. */
export function rollsBackUnanswered(context: Context): boolean {
  return rollbackOf(context).possible && !isPasswordConfirmed(context);
}

/** Whether old values are still to be sent. */
export function mustRestore(context: Facts): boolean {
  const rollback = rollbackOf(context);
  return rollback.possible && changedNames(rollback.change).length > 0;
}

/** Whether a rollback can bring keys back that do not work: it has something to restore, and keys worked with that. */
export function mayCureKeys(context: Facts & Pick<Context, 'preparation'>): boolean {
  return mustRestore(context) && !context.preparation.keysFail;
}

/** Whether a property with a part in connecting keeps its new value: then a connect would not lead back. */
export function isConnectionUnrestored({ unrestored }: Context): boolean {
  return unrestored.some((name) => describeProperty(name).connects);
}

/** The login that is taken back where a FAILED shows that the Connect of this run did not reach it. */
export function findCountedLogin(context: Context): AcceptedLogin | null {
  const { isLoginAccepted, inForce, armed, hasSwitchFired } = context;
  const clusterId = inForce.CloudHsmClusterId;
  if (!isLoginAccepted || clusterId === undefined || hasSwitchFired) return null;
  return { clusterId, untilMs: armed?.deadlineAtMs ?? null };
}

/** Whether settings with a part in connecting are in force that were not before. */
export function hasChangedConnection({ sent, update }: Pick<Context, 'sent' | 'update'>): boolean {
  return update === 'accepted' && changedNames(sent).some((name) => describeProperty(name).connects);
}

/** Why it takes too long to be begun now. */
export function findLateness(
  { lastObserved: observed, plan, request, nowMs }: Context,
  { output }: Event,
): Reason | undefined {
  if (observed === null || plan === null) return undefined;
  return findTimeObjection(observed.store, plan, request.policy, Math.max(nowMs, output.atMs));
}
