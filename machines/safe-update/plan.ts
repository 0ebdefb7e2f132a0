/** What is planned from what was seen. */
import { explainRefusal, makePlan, type Plan } from '../../src/domain/plan.ts';
import { explainReason } from '../../src/domain/reasons.ts';
import { rehearsalCheck } from '../../src/domain/rehearsal.ts';
import { recognizeUpdate } from '../../src/domain/resume-state.ts';
import { recordConnected } from './actions.ts';
import { hasStruck } from './switch.ts';
import type { Context } from './types.ts';

/** The plan is pure, so it is made here and not by an actor. The store as it was found is what a rollback restores. */
export function plan({ context }: { context: Context }): Partial<Context> {
  const { seen, order, logins, takenUp, nowMs, findings } = context;
  if (seen === null) throw new Error('the machine plans only for a store it has seen');
  const left = takenUp ? recognizeUpdate(takenUp, seen.store.settings, context.stale, nowMs) : null;
  const settings = left?.inForce ?? seen.store.settings;
  const store = { ...seen.store, settings };
  const before = takenUp?.before ?? store;
  const update =
    left === null ? (takenUp ? {} : { update: 'none' as const, sent: {} }) : { update: left.update, sent: left.sent };
  const external = recognizeConnect({ ...context, ...update });
  const since = takenUp ? { since: { before, sent: takenUp.sent } } : {};
  const isRehearsed = findings.some(({ check }) => check === rehearsalCheck);
  const policy = {
    ...order.policy,
    ...(context.isLiveRefused ? { path: 'offline' as const } : {}),
    // A store that was disconnected and connected again is reconnected, also if another actor connected it.
    ...(external.externalConnectAtMs !== undefined ? { intent: 'update' as const } : {}),
  };
  const made = makePlan(store, { ...order, policy }, { logins, nowMs, isRehearsed, ...since });
  const planned = takenUp && left === null ? refuse(made, takenUp.runId, seen.store) : made;
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

/** Another actor has connected the store, which the earlier run had disconnected and not connected since. */
function recognizeConnect(context: Context): Partial<Context> {
  const { seen, takenUp, hasDisconnected, nowMs } = context;
  const isConnected = seen?.store.connectionState === 'CONNECTED';
  if (!takenUp?.isUnfinished || !hasDisconnected || !isConnected || hasStruck(context, nowMs)) return {};
  return { externalConnectAtMs: nowMs, ...recordConnected(context) };
}

/** Whether who has approved the one has approved the other: after a wait the plan is made anew. */
function isSame(approved: Plan | null, plan: Plan): boolean {
  const tell = (of: Plan | null) => of && [of.changes, of.path, of.wantedState, of.risks, of.possibleRisks];
  return JSON.stringify(tell(approved)) === JSON.stringify(tell(plan));
}

function refuse(made: Plan, runId: string, store: NonNullable<Context['seen']>['store']): Plan {
  const reason = explainReason('LEFT_OTHERWISE', { store, detail: `run ${runId}` });
  return { ...made, verdict: 'refused', reason: { ...reason, isInput: false } };
}
