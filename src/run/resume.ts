/** Orders that resume an earlier run: to finish it, or to undo it. Decides only; the run itself observes the store. */
import type { Input } from '../../machines/safe-update/index.ts';
import { applyChange, type Change, changedNames } from '../domain/change.ts';
import { listDisabled } from '../domain/fence.ts';
import type { ConnectionState, KeyStore } from '../domain/key-store.ts';
import { withoutLogin } from '../domain/logins.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import type { FinalState, Policy, Risk } from '../domain/policy.ts';
import type { PropertyName } from '../domain/properties.ts';
import { explainReason } from '../domain/reasons.ts';
import { planRollback } from '../domain/restorability.ts';
import { createResumeState, type ResumeState } from '../domain/resume-state.ts';

export type Sequel = Pick<Input, 'store' | 'request'> & { readonly resumedFrom: ResumeState };

/** An exposure was accepted before the key source was seen to hold different keys. */
const isLasting = (risk: Risk, { fence }: ResumeState) =>
  risk !== 'unfinished-run' &&
  !(risk === 'exposure' && listDisabled(fence ?? null).some(({ state }) => state === 'withheld'));

/** Finishes what the earlier run began with `order`. `correction`: values in the place of those that were wrong. */
export function requestResume(
  state: ResumeState,
  request: UpdateRequest,
  correction: Change,
  accept: readonly Risk[],
): Sequel {
  const { change, previous, policy } = request;
  const isUnsent = state.goal === 'forward' && (state.pending !== null || state.isUnsent);
  const accepted = withoutLogin([...state.accepted, ...policy.accept]).filter((risk) => isLasting(risk, state));
  return {
    store: state.before.customKeyStoreId,
    request: {
      change: isUnsent ? { ...change, ...state.send, ...correction } : correction,
      previous,
      policy: {
        ...withoutTime(policy),
        intent: state.hasConnected ? 'update' : policy.intent,
        finalState: state.wantedState === 'CONNECTED' ? 'connected' : 'disconnected',
        holdOffline: policy.holdOffline && !state.isHeld,
        // The store may be offline: nothing delays what brings it back.
        trialConnect: false,
        // One more login, and an abandoned run, were accepted by the earlier run alone.
        accept: [...new Set([...accepted, ...accept])],
      },
    },
    resumedFrom: state,
  };
}

/**
 * Whether another actor may have connected the store while the run was away: its log says that it is offline. Such a run is
 * resumed from its facts, which doubts a stale read; a replay would wait for the DISCONNECTED that it expects.
 */
export function mayBeConnectedMeanwhile(
  { hasDisconnected, armed }: ResumeState,
  shown: ConnectionState,
  nowMs: number,
): boolean {
  const isOnline = shown === 'CONNECTED' || shown === 'CONNECTING';
  // What the dead man's switch did is recognized by the run itself.
  const hasFired = armed !== undefined && nowMs >= armed.deadlineAtMs;
  return hasDisconnected && isOnline && !hasFired;
}

/** The same facts on the way to the old settings; `lost`: old values that cannot be restored. */
export function turnToRollback(
  state: ResumeState,
  { previous }: UpdateRequest,
): ResumeState | { readonly lost: readonly PropertyName[] } {
  if (state.goal === 'back') return state;
  const { before, pending, connectedSince } = state;
  // What may be in force is to be restored too.
  const sent = { ...state.sent, ...pending };
  const rollback = planRollback(before, sent, previous, connectedSince);
  if (!rollback.possible) return { lost: rollback.lost };
  const isSent = changedNames(sent).length > 0;
  return {
    ...state,
    goal: 'back',
    reason: state.reason ?? explainReason('STOPPED', { detail: ' while the store was offline' }),
    sent,
    inForce: applyChange(state.inForce, pending ?? {}),
    update: isSent ? 'accepted' : state.update,
    pending: pending === null ? null : rollback.change,
  };
}

/** What an earlier run has left is resumed now, however long it takes; and its window has passed. */
function withoutTime({ window: _, outageBudgetMs: __, minQuietMs: ___, ...policy }: Policy): Policy {
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
export function requestRollback(
  state: ResumeState,
  request: UpdateRequest,
  accept: readonly Risk[],
): Sequel | { readonly lost: readonly PropertyName[] } {
  const { runId, before, sent, inForce, connectedSince, preparation, stale } = state;
  const { XksProxyAuthenticationCredential: credential } = sent;
  const rollback = planRollback(before, sent, request.previous, connectedSince);
  if (!rollback.possible) return { lost: rollback.lost };
  return {
    store: before.customKeyStoreId,
    request: {
      change: rollback.change,
      previous: credential === undefined ? {} : { XksProxyAuthenticationCredential: credential },
      policy: {
        ...withoutTime(request.policy),
        intent: 'update',
        finalState: stateBefore(before),
        holdOffline: false,
        trialConnect: false,
        accept,
      },
    },
    resumedFrom: {
      ...createResumeState(runId, { ...before, settings: inForce }),
      stale,
      ...(preparation === undefined ? {} : { preparation }),
    },
  };
}
