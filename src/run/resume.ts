/** Orders that resume an earlier run: to finish it, or to undo it. Decides only; the run itself observes the store. */
import type { Input } from '../../machines/safe-update/index.ts';
import type { Change } from '../domain/change.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { withoutLogin } from '../domain/logins.ts';
import type { Order } from '../domain/plan.ts';
import type { FinalState, Policy, Risk } from '../domain/policy.ts';
import type { PropertyName } from '../domain/properties.ts';
import { planRollback } from '../domain/restorability.ts';
import { createResumeState, type ResumeState } from '../domain/resume-state.ts';

export type Sequel = Pick<Input, 'store' | 'order'> & { readonly takenUp: ResumeState };

const isLasting = (risk: Risk) => risk !== 'unfinished-run';

/** Finishes what the earlier run began with `order`. `correction`: values in the place of those that were wrong. */
export function orderResume(state: ResumeState, order: Order, correction: Change, accept: readonly Risk[]): Sequel {
  const { change, previous, policy } = order;
  const isUnsent = state.goal === 'forward' && (state.pending !== null || state.isUnsent);
  const accepted = withoutLogin([...state.accepted, ...policy.accept]).filter(isLasting);
  return {
    store: state.before.customKeyStoreId,
    order: {
      change: isUnsent ? { ...change, ...state.send, ...correction } : correction,
      previous,
      policy: {
        ...withoutTime(policy),
        intent: state.hasConnected ? 'update' : policy.intent,
        finalState: state.wantedState === 'CONNECTED' ? 'connected' : 'disconnected',
        holdOffline: policy.holdOffline && !state.isHeld,
        // The store may be offline: nothing delays what brings it back.
        rehearse: false,
        // One more login, and an abandoned run, were accepted by the earlier run alone.
        accept: [...new Set([...accepted, ...accept])],
      },
    },
    takenUp: state,
  };
}

/** What an earlier run has left is resumed now, however long it takes; and its window has passed. */
function withoutTime({ window: _, outageBudgetMs: __, ...policy }: Policy): Policy {
  return policy;
}

/** A store that was FAILED stays in the state in which the undone run could leave it. */
function stateBefore({ connectionState }: KeyStore): FinalState {
  if (connectionState === 'CONNECTED') return 'connected';
  return connectionState === 'DISCONNECTED' ? 'disconnected' : 'restore';
}

/**
 * Undoes a finished run by an update of its own; `lost`: old values that cannot be restored. The credential that the run has
 * put in force is the previous one of the update, and the canaries from before the run say whether the keys are the same.
 */
export function orderUndo(
  state: ResumeState,
  order: Order,
  accept: readonly Risk[],
): Sequel | { readonly lost: readonly PropertyName[] } {
  const { runId, before, sent, inForce, connectedSince, preparation, lastSentAtMs } = state;
  const { XksProxyAuthenticationCredential: credential } = sent;
  const rollback = planRollback(before, sent, order.previous, connectedSince);
  if (!rollback.possible) return { lost: rollback.lost };
  return {
    store: before.customKeyStoreId,
    order: {
      change: rollback.change,
      previous: credential === undefined ? {} : { XksProxyAuthenticationCredential: credential },
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
      ...createResumeState(runId, { ...before, settings: inForce }),
      lastSentAtMs,
      ...(preparation === undefined ? {} : { preparation }),
    },
  };
}
