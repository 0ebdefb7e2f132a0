/** What is planned from what was seen. */
import { explainRefusal, makePlan, type Plan } from '../../src/domain/plan.ts';
import { explainReason } from '../../src/domain/reasons.ts';
import { type RecognizedUpdate, recognizeUpdate } from '../../src/domain/resume-state.ts';
import { trialConnectCheck } from '../../src/domain/trial-connect.ts';
import { recordConnected } from './actions.ts';
import type { Context } from './context.ts';
import { hasFired } from './switch.ts';

/** The plan is pure, so it is made here and not by an actor. The store as it was found is what a rollback restores. */
export function plan({ context }: { context: Context }): Partial<Context> {
  const { lastObserved: observed, request, logins, resumedFrom, nowMs, findings } = context;
  if (observed === null) throw new Error('the machine plans only for a store it has seen');
  const left = resumedFrom ? recognizeUpdate(resumedFrom, observed.store.settings, context.stale, nowMs) : null;
  const settings = left?.inForce ?? observed.store.settings;
  const store = { ...observed.store, settings };
  const before = resumedFrom?.before ?? store;
  const found = resumedFrom ? {} : { update: 'none' as const, sent: {} };
  const update = left === null ? found : updateOf(left);
  const external = recognizeConnect({ ...context, ...update });
  const since = resumedFrom ? { since: { before, sent: resumedFrom.sent } } : {};
  const hasTriedConnect = findings.some(({ check }) => check === trialConnectCheck);
  const policy = {
    ...request.policy,
    ...(context.isLiveRefused ? { mode: 'offline' as const } : {}),
    // A store that was disconnected and connected again is reconnected, also if another actor connected it.
    ...(external.externalConnectAtMs !== undefined ? { intent: 'update' as const } : {}),
  };
  const made = makePlan(store, { ...request, policy }, { logins, nowMs, hasTriedConnect, ...since });
  const planned = resumedFrom && left === null ? refuse(made, resumedFrom.runId, observed.store) : made;
  return {
    before,
    plan: planned,
    isApproved: context.isApproved && isSame(context.plan, planned),
    reason: explainRefusal(planned) ?? context.reason,
    ...update,
    ...external,
    isUnsent: Object.keys(made.send).length > 0,
    inForce: settings,
  };
}

function updateOf({ update, sent, undecided }: RecognizedUpdate): Partial<Context> {
  return undecided ? { update: 'unclear', sent, undecided } : { update, sent, undecided: {} };
}

/** Another actor has connected the store, which the earlier run had disconnected and not connected since. */
function recognizeConnect(context: Context): Partial<Context> {
  const { lastObserved: observed, resumedFrom, hasDisconnected, nowMs } = context;
  const isConnected = observed?.store.connectionState === 'CONNECTED';
  if (!resumedFrom?.isUnfinished || !hasDisconnected || !isConnected || hasFired(context, nowMs)) return {};
  return { externalConnectAtMs: nowMs, ...recordConnected(context) };
}

/** Whether who has approved the one has approved the other: after a wait the plan is made anew. */
function isSame(approved: Plan | null, plan: Plan): boolean {
  const describe = (of: Plan | null) => of && [of.changes, of.mode, of.wantedState, of.risks, of.possibleRisks];
  return JSON.stringify(describe(approved)) === JSON.stringify(describe(plan));
}

function refuse(made: Plan, runId: string, store: NonNullable<Context['lastObserved']>['store']): Plan {
  const reason = explainReason('STORE_CHANGED', { store, detail: `run ${runId}` });
  return { ...made, verdict: 'refused', reason: { ...reason, isInput: false } };
}
