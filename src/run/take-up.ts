/** Orders that go on from an earlier run: to finish it, or to undo it. Decides only; the run itself looks at the store. */
import { allSent, rollbackOf } from '../../machines/safe-update/facts.ts';
import type { Input } from '../../machines/safe-update/index.ts';
import { applyChange, type Change } from '../domain/change.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { withoutLogin } from '../domain/logins.ts';
import type { FinalState, Policy, Risk } from '../domain/policy.ts';
import type { PropertyName } from '../domain/properties.ts';
import { planRollback } from '../domain/restorability.ts';
import type { TakenUp } from '../domain/take-up.ts';
import type { Past } from './past.ts';

export type Sequel = Pick<Input, 'store' | 'order'> & { readonly takenUp: TakenUp };

/** What is left to go on from at `takenUpAtMs`; null where nothing that changes the store can have been sent. */
export function readTakenUp({ context, pending, lastSentAtMs }: Past, takenUpAtMs: number): TakenUp | null {
  const { runId, before, plan, connectedSince, offlineSinceMs, nowMs } = context;
  const isUnclear = context.update === 'unclear';
  // What may be in force is to be undone too.
  const isBack = context.goal === 'back';
  const sent = isBack ? allSent(context) : context.sent;
  const inForce = isBack ? applyChange(context.inForce, context.undecided) : context.inForce;
  // What was in force before the call whose fate nobody knows.
  const update = context.update !== 'unclear' ? context.update : Object.keys(sent).length > 0 ? 'accepted' : 'none';
  const isRestoring = pending === 'restoreStore' || (isUnclear && context.goal === 'back');
  const isSending = pending === 'updateStore' || isUnclear;
  const goal = isRestoring || update === 'restored' ? 'back' : context.goal;
  const reason = goal === 'back' && context.reason ? { reason: context.reason } : {};
  const armed = context.armed ? { armed: context.armed } : {};
  // A run that has sent nothing leaves what it has found, though it may have turned back.
  if (context.takenUp && lastSentAtMs === null) {
    const { armed: _, ...left } = context.takenUp;
    return { ...left, ...armed, ...(goal === left.goal ? {} : { goal, ...reason }) };
  }
  if (before === null || (!context.hasWritten && pending === null)) return null;
  const rollback = rollbackOf({ ...context, update });
  const isDisconnecting = pending === 'disconnectStore' && before.connectionState === 'CONNECTED';
  return {
    runId,
    before,
    sent,
    inForce,
    update,
    pending: isRestoring && rollback.possible ? rollback.change : isSending ? (plan?.send ?? {}) : null,
    goal,
    ...reason,
    isUnfinished: true,
    offlineSinceMs: offlineSinceMs ?? (isDisconnecting ? nowMs : null),
    connectedSince,
    preparation: context.preparation,
    ...armed,
    // A call without an answer is sent again and again, by one process after another.
    lastSentAtMs: pending === null ? lastSentAtMs : takenUpAtMs,
  };
}

const isLasting = (risk: Risk) => risk !== 'unfinished-run';

/** Finishes what the earlier run began. `correction`: values in the place of those that were wrong. */
export function orderTakeUp(past: Past, takenUp: TakenUp, correction: Change, accept: readonly Risk[]): Sequel {
  const { context, pending } = past;
  const { change, previous, policy } = context.order;
  const isUnsent =
    takenUp.goal === 'forward' && (context.plan === null || takenUp.pending !== null || context.isUnsent);
  const hasConnected = pending === 'connectStore' || (context.calls.ConnectCustomKeyStore ?? 0) > 0;
  const wanted = context.plan?.wantedState === 'CONNECTED' ? 'connected' : 'disconnected';
  return {
    store: takenUp.before.customKeyStoreId,
    order: {
      change: isUnsent ? { ...change, ...context.plan?.send, ...correction } : correction,
      previous,
      policy: {
        ...withoutTime(policy),
        intent: hasConnected ? 'update' : policy.intent,
        finalState: context.plan ? wanted : policy.finalState,
        holdOffline: policy.holdOffline && !context.isHeld,
        // It may be offline: nothing stands before the way on.
        rehearse: false,
        // One more login, and a run left behind, were accepted by the earlier run alone.
        accept: [...new Set([...withoutLogin(context.accepted).filter(isLasting), ...accept])],
      },
    },
    takenUp,
  };
}

/** What an earlier run has left is gone on with now, whatever that takes; and its opening has passed. */
function withoutTime({ window: _, outageBudgetMs: __, ...policy }: Policy): Policy {
  return policy;
}

/** A store that was FAILED is left as the undone run found a way to leave it. */
function stateBefore({ connectionState }: KeyStore): FinalState {
  if (connectionState === 'CONNECTED') return 'connected';
  return connectionState === 'DISCONNECTED' ? 'disconnected' : 'restore';
}

/** Undoes a finished run by an update of its own; `lost`: old values that nobody can put back. */
export function orderUndo(
  { context }: Past,
  accept: readonly Risk[],
): Sequel | { readonly lost: readonly PropertyName[] } {
  const { runId, before, sent, inForce, order, connectedSince } = context;
  if (before === null) return { lost: [] };
  const rollback = planRollback(before, sent, order.previous, connectedSince);
  if (!rollback.possible) return { lost: rollback.lost };
  return {
    store: before.customKeyStoreId,
    order: {
      change: rollback.change,
      previous: {},
      policy: {
        ...withoutTime(order.policy),
        intent: 'update',
        finalState: stateBefore(before),
        holdOffline: false,
        rehearse: false,
        accept,
      },
    },
    takenUp: {
      runId,
      before: { ...before, settings: inForce },
      sent: {},
      inForce,
      update: 'none',
      pending: null,
      goal: 'forward',
      isUnfinished: false,
      offlineSinceMs: null,
      connectedSince: false,
      lastSentAtMs: null,
    },
  };
}
