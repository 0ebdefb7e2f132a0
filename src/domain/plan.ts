/** The plan: the pure result of (description, change, policy), i.e. what would happen to the store, or why nothing will. */
import {
  type Change,
  changedNames,
  completeChange,
  differingChange,
  type Finding,
  secretReference,
  validateChange,
  validateFor,
  visibleValue,
} from './change.ts';
import { explainConnectionError } from './connection-errors.ts';
import { planSwitch, type SwitchPlan } from './dead-mans-switch.ts';
import type { Reason } from './failure.ts';
import { type FencePlan, needsOutage, planFence, risksOfFence } from './fence.ts';
import { findDifference, findUnknownWord, isSameValue, isTransient, type KeyStore, shownValue } from './key-store.ts';
import { type LoginRecord, mayLogIn, noLogins } from './logins.ts';
import {
  describeLongest,
  expectedOutageMs,
  expectedRehearsalMs,
  expectedRunMs,
  findExcess,
  type PlannedCourse,
} from './outage.ts';
import { planTrialConnect, type TrialConnectPlan } from './plan-trial-connect.ts';
import { type Policy, type Risk, wantedState } from './policy.ts';
import { describeProperty, type PropertyName } from './properties.ts';
import { explainReason } from './reasons.ts';
import { explainRestorable, type Previous } from './restorability.ts';
import { findOverrun, type PlannedWindow, toPlannedWindow } from './window.ts';

export interface PlannedChange {
  readonly property: PropertyName;
  readonly from: string | null;
  readonly to: string | null;
  readonly secret: boolean;
  readonly restorable: boolean;
  readonly note?: string;
}

export interface Plan {
  readonly verdict: 'unchanged' | 'refused' | 'proceed';
  /** Why not, when refused. `isInput`: the arguments are wrong, by themselves or for this type of store. */
  readonly reason?: Reason & { readonly isInput: boolean };
  readonly changes: readonly PlannedChange[];
  /** What is sent to UpdateCustomKeyStore; empty for a change of the connection state alone. */
  readonly send: Change;
  /** `live`: tried while CONNECTED. `offline`: disconnected first. `none`: the store is offline or nothing is sent. */
  readonly mode: 'live' | 'offline' | 'none';
  readonly wantedState: 'CONNECTED' | 'DISCONNECTED';
  /** Waits for the operator once the store is DISCONNECTED. */
  readonly holdsOffline: boolean;
  /**
   * How long keys cannot be used because of it, at most, in milliseconds: an estimate, unless AWS documents a time for each
   * of its steps. 0: not at all; null: the store shall stay offline.
   */
  readonly outageMs: number | null;
  /** From the first call that changes the store to the end, likewise. */
  readonly durationMs: number;
  /** Where a trial connect was asked for: whether there can be one. */
  readonly trialConnectPlan?: TrialConnectPlan;
  /** The opening in which it would be done; absent: at once. */
  readonly window?: PlannedWindow;
  /** Where a dead man's switch was asked for: whether one is armed before the outage. */
  readonly deadMansSwitch?: SwitchPlan;
  /** Where a fence was asked for: whether there is one. */
  readonly fence?: FencePlan;
  /** Risks that must be accepted before anything is sent. */
  readonly risks: readonly Risk[];
  /** Risks that KMS may make necessary: it may refuse a disputed change live, which leads offline only if `outage` was accepted. */
  readonly possibleRisks: readonly Risk[];
  readonly warnings: readonly Finding[];
}

export interface UpdateRequest {
  readonly change: Change;
  readonly previous: Previous;
  readonly policy: Policy;
  /** What there is to say about secrets, whose values are not here. */
  readonly secretWarnings?: readonly Finding[];
  /** The store as it was when the plan was saved that is applied: another one makes it stale. */
  readonly plannedFor?: KeyStore;
}

/** What is known beyond the store as it was described. */
export interface History {
  /** Absent: no window is judged. */
  readonly nowMs?: number;
  readonly hasTriedConnect?: boolean;
  /** Logins to the cluster that the store would connect to. */
  readonly logins?: LoginRecord;
  /** The store before an earlier run began on it, and what KMS has accepted of that run. */
  readonly since?: { readonly before: KeyStore; readonly sent: Change };
}

/** Plans a run for a store as it was described. Decides only; sends nothing, and never throws for a wrong input. */
export function makePlan(store: KeyStore, request: UpdateRequest, history: History = {}): Plan {
  const { policy, previous } = request;
  const { logins = noLogins, since } = history;
  const change = completeChange(store.settings, request.change);
  const send = differingChange(store.settings, change);
  const names = changedNames(send);
  const findings = [...validateChange(request.change), ...validateFor(store, request.change)];
  const wanted = wantedState(
    policy,
    store.connectionState,
    names.some((name) => describeProperty(name).connects),
  );
  const course = chooseCourse(store, send, policy, wanted);
  const { mode } = course;
  const fence = planFence(store, course, policy);
  const before = since?.before ?? store;
  const whole = since ? differingChange(before.settings, { ...since.sent, ...change }) : send;
  const base = {
    changes: changedNames(whole).map((name) => describeChange(before, whole, name, previous)),
    ...course,
    holdsOffline: policy.holdOffline,
    outageMs: expectedOutageMs(store, course),
    durationMs: expectedRunMs(store, course, policy.bakeTimeMs),
    ...(policy.trialConnect ? { trialConnectPlan: planTrialConnect(store, send, previous) } : {}),
    ...(policy.window ? { window: toPlannedWindow(policy.window) } : {}),
    ...(policy.deadMansSwitch ? { deadMansSwitch: planSwitch(store, course) } : {}),
    ...(fence ? { fence } : {}),
    risks: [...findRisks(store, send, request, mode, wanted, logins), ...risksOfFence(fence)],
    possibleRisks: mode === 'live' && policy.mode !== 'live' && isDisputed(store, names) ? (['outage'] as const) : [],
    warnings: [
      ...warnOfCase(store.settings, request.change),
      ...(request.secretWarnings ?? []),
      ...findings.filter((finding) => finding.severity === 'warning'),
      ...warnOfNoReturn(send, wanted),
    ],
  };
  const refused = (reason: Reason, isInput = false): Plan => ({
    ...base,
    verdict: 'refused',
    reason: { ...reason, isInput },
  });

  const unknownWord = findUnknownWord(store);
  if (unknownWord !== undefined) return refused(explainReason('STORE_UNKNOWN', { store, detail: unknownWord }));
  const error = findings.find((finding) => finding.severity === 'error');
  if (error) return refused(explainReason('INVALID_CHANGE', { detail: error.message }), true);
  if (policy.intent === 'reconnect' && policy.finalState === 'disconnected') {
    const detail = 'a reconnect ends CONNECTED: it cannot have the final state disconnected';
    return refused(explainReason('INVALID_CHANGE', { detail }), true);
  }
  const objection = findObjection(store, before, send, request, mode);
  if (objection) return refused(objection);
  const isAsWanted = names.length === 0 && policy.intent === 'update' && store.connectionState === wanted;
  if (isAsWanted) return { ...base, verdict: 'unchanged' };
  const isTrialConnectAhead = base.trialConnectPlan?.kind === 'possible' && !history.hasTriedConnect;
  const aheadMs = isTrialConnectAhead ? expectedRehearsalMs(store) : 0;
  const late = findTimeObjection(store, course, policy, history.nowMs, aheadMs);
  return late ? refused(late) : { ...base, verdict: 'proceed' };
}

/** A host name has no case, so a difference in case is no change. A warning says so. */
function warnOfCase(settings: KeyStore['settings'], change: Change): readonly Finding[] {
  return changedNames(change).flatMap((property) => {
    const [old, wanted] = [shownValue(settings, property), visibleValue(change, property)];
    if (old === undefined || wanted === undefined || old === wanted || !isSameValue(property, old, wanted)) return [];
    const message = `${property} "${wanted}" differs from the one in force, "${old}", only in upper and lower case. Host names ignore case, so nothing would change`;
    return [{ severity: 'warning', property, message }];
  });
}

/** KMS replaces the password of kmsuser at each connect, and then knows that of the new cluster alone. */
function warnOfNoReturn({ CloudHsmClusterId: clusterId }: Change, wanted: Plan['wantedState']): readonly Finding[] {
  if (clusterId === undefined || wanted !== 'CONNECTED') return [];
  const message = `Once the store has connected to ${clusterId}, cks cannot move it back: KMS sets a new password of kmsuser at each connect, and does not know the one of the old cluster any more`;
  return [{ severity: 'warning', property: 'CloudHsmClusterId', message }];
}

/** Why it takes too long to be begun now. `nowMs` undefined: at whatever time. `aheadMs`: what comes before the first call. */
export function findTimeObjection(
  store: KeyStore,
  course: PlannedCourse,
  { window, outageBudgetMs, bakeTimeMs }: Policy,
  nowMs: number | undefined,
  aheadMs = 0,
): Reason | undefined {
  const excess = findExcess(store, course, outageBudgetMs);
  if (excess !== undefined) return explainReason('OVER_BUDGET', { store, detail: excess });
  if (window === undefined || nowMs === undefined) return undefined;
  const neededMs = aheadMs + expectedRunMs(store, course, bakeTimeMs);
  const overrun = findOverrun(
    window,
    neededMs,
    describeLongest(neededMs, store, course, changedNames(course.send).length > 0),
    nowMs,
  );
  return overrun === undefined ? undefined : explainReason('OUTSIDE_WINDOW', { store, detail: overrun });
}

/** Why a plan is refused, as callers see it; null if it is not. */
export function explainRefusal({ reason }: Plan): Reason | null {
  if (reason === undefined) return null;
  const { isInput: _, ...told } = reason;
  return told;
}

/** Why this store, in this state, cannot take this change now. */
function findObjection(
  store: KeyStore,
  before: KeyStore,
  send: Change,
  request: UpdateRequest,
  mode: Plan['mode'],
): Reason | undefined {
  const { policy, previous } = request;
  const state = store.connectionState;
  const names = changedNames(send);
  const stale = request.plannedFor && findDifference(request.plannedFor, store);
  if (stale) return explainReason('PLAN_STALE', { store, detail: stale });
  if (isTransient(state)) return explainReason('STORE_NOT_SETTLED', { store });
  // While CONNECTED KMS is logged in as kmsuser of this cluster, so that password cannot have been changed there.
  if (state === 'CONNECTED' && send.KeyStorePassword && !send.CloudHsmClusterId && !policy.holdOffline) {
    return explainReason('KMSUSER_LOGGED_IN', { store });
  }
  if (policy.mode === 'live' && mode === 'offline') {
    const never = names.filter((name) => describeProperty(name).live[store.customKeyStoreType] === 'never');
    return explainReason('NOT_LIVE', { store, detail: never.join(', ') || `the store is ${state}` });
  }
  if (state === 'FAILED' && names.length === 0 && policy.intent === 'update' && policy.finalState === 'restore') {
    return explainReason('STORE_FAILED', { store });
  }
  if (previous.KeyStorePassword && before.connectionState === 'CONNECTED')
    return explainReason('PREVIOUS_PASSWORD_GONE', { store });
  const given = previous.XksProxyAuthenticationCredential?.AccessKeyId;
  const inForce = before.settings.proxyCredentialAccessKeyId;
  if (given && inForce && given !== inForce) {
    return explainReason('PREVIOUS_CREDENTIAL_UNKNOWN', { store, detail: `${given}, not ${inForce}` });
  }
  return undefined;
}

/** A fence takes an outage, also for a change that KMS takes live. */
function chooseCourse(store: KeyStore, send: Change, policy: Policy, wantedState: Plan['wantedState']) {
  const course = { mode: chooseMode(store, send, policy, wantedState), send, wantedState };
  return needsOutage(store, course, policy) ? { ...course, mode: 'offline' as const } : course;
}

function chooseMode(store: KeyStore, send: Change, policy: Policy, wanted: Plan['wantedState']): Plan['mode'] {
  if (store.connectionState === 'FAILED') return 'offline';
  if (store.connectionState !== 'CONNECTED') return 'none';
  const names = changedNames(send);
  if (policy.intent === 'reconnect' || wanted === 'DISCONNECTED') return 'offline';
  if (names.length === 0) return 'none';
  const never = names.some((name) => describeProperty(name).live[store.customKeyStoreType] === 'never');
  return never || policy.mode === 'offline' ? 'offline' : 'live';
}

/** Whether AWS's own documents disagree on what KMS will answer while the store is CONNECTED. */
function isDisputed({ customKeyStoreType }: KeyStore, names: readonly PropertyName[]): boolean {
  return names.some((name) => describeProperty(name).live[customKeyStoreType] === 'disputed');
}

function findRisks(
  store: KeyStore,
  send: Change,
  request: UpdateRequest,
  mode: Plan['mode'],
  wanted: Plan['wantedState'],
  logins: LoginRecord,
): readonly Risk[] {
  const names = changedNames(send);
  const found: Risk[] = [];
  if (store.connectionState === 'CONNECTED' && mode === 'offline') found.push('outage');
  if (names.some((name) => !explainRestorable(name, store, request.previous).restorable)) found.push('no-rollback');
  if (wanted === 'CONNECTED') {
    if (names.some((name) => describeProperty(name).keySource)) found.push('unverified-keys');
    const isToldAnew = send.KeyStorePassword !== undefined;
    const isRefusedNow = isLoginRefused(store) && send.CloudHsmClusterId === undefined;
    if (!isToldAnew && (isRefusedNow || !mayLogIn(logins, []))) found.push('login');
  }
  return found;
}

/** Whether the store is FAILED because kmsuser was refused at the login: another Connect would count towards its lockout. */
function isLoginRefused(store: KeyStore): boolean {
  const code = store.connectionErrorCode;
  return code !== undefined && explainConnectionError(code, store.customKeyStoreType).login === 'refused';
}

function describeChange(store: KeyStore, send: Change, property: PropertyName, previous: Previous): PlannedChange {
  const { restorable, note } = explainRestorable(property, store, previous);
  return {
    property,
    from: shownValue(store.settings, property) ?? null,
    to: visibleValue(send, property) || null,
    secret: secretReference(send, property) !== undefined,
    restorable,
    ...(note === undefined ? {} : { note }),
  };
}
