/** What is planned from what was seen. */
import { explainRefusal, makePlan, type Plan } from '../../src/domain/plan.ts';
import { explainReason } from '../../src/domain/reasons.ts';
import { rehearsalCheck } from '../../src/domain/rehearsal.ts';
import { recognizeUpdate } from '../../src/domain/resume-state.ts';
import type { Context } from './types.ts';

/** The plan is pure, so it is made here and not by an actor. The store as it was found is what a rollback restores. */
export function plan({ context }: { context: Context }): Partial<Context> {
  const { seen, order, logins, takenUp, nowMs, findings } = context;
  if (seen === null) throw new Error('the machine plans only for a store it has seen');
  const { store } = seen;
  const before = takenUp?.before ?? store;
  const since = takenUp ? { since: { before, sent: takenUp.sent } } : {};
  const isRehearsed = findings.some(({ check }) => check === rehearsalCheck);
  const policy = context.isLiveRefused ? { ...order.policy, path: 'offline' as const } : order.policy;
  const made = makePlan(store, { ...order, policy }, { logins, nowMs, isRehearsed, ...since });
  const left = takenUp ? recognizeUpdate(takenUp, store.settings) : ({ update: 'none', sent: {} } as const);
  const planned = left === null ? refuse(made, takenUp?.runId ?? '', seen.store) : made;
  return {
    before,
    plan: planned,
    isApproved: context.isApproved && isSame(context.plan, planned),
    reason: explainRefusal(planned) ?? context.reason,
    ...left,
    isUnsent: Object.keys(made.send).length > 0,
    inForce: store.settings,
  };
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
