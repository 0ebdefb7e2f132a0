/** What follows from the context for the dead man's switch: when it is armed, taken away, left, and when it has struck. */
import { mayMisleadLogin, switchDeadlineMs } from '../../src/domain/dead-mans-switch.ts';
import { matchesSettings } from '../../src/domain/key-store.ts';
import { mayBeStale } from '../../src/domain/stale-reads.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';
import { leadsToOtherKeys } from './facts.ts';

/**
 * Whether it is to be armed before the run goes on. One that an earlier run has left over a store that is offline is armed
 * anew where it would strike before this one can be done.
 */
export function mustArm(context: Context, nowMs: number): boolean {
  const { lastObserved: observed, plan, armed } = context;
  const { policy } = context.request;
  if (policy.deadMansSwitch === undefined || observed === null || plan?.wantedState !== 'CONNECTED') return false;
  if (leadsToOtherKeys(context)) return false;
  const { store } = observed;
  const isInTime = armed !== null && armed.deadlineAtMs >= switchDeadlineMs(policy, store, nowMs);
  if (store.connectionState === 'CONNECTED') return !isInTime;
  return armed !== null && !isInTime && !mayMisleadLogin(store, plan.send, policy);
}

/** Whether a way back begins whose process may die while those settings are still in force. */
export function mustDisarmFromOtherKeys(context: Context): boolean {
  return context.armed !== null && !context.isSwitchStuck && leadsToOtherKeys(context);
}

/** Whether its Connect would come to a cluster that has, or may get, another password than KMS. */
export function mustDisarmFirst({ lastObserved: observed, plan, request, armed, isSwitchStuck }: Context): boolean {
  if (armed === null || isSwitchStuck || observed === null || plan === null) return false;
  return mayMisleadLogin(observed.store, plan.send, request.policy);
}

/** Its instant has passed, or that of one before it: it has called Connect, or tried to. */
export function hasFired({ armed, hasSwitchFired }: Context, nowMs: number): boolean {
  return hasSwitchFired || (armed !== null && nowMs >= armed.deadlineAtMs);
}

/** Another actor has connected the store with the settings in force, or has tried to. */
export function isConnectedBySwitch(context: Context, { output: { value, atMs } }: Event): boolean {
  if (!hasFired(context, atMs) || context.update === 'unclear') return false;
  if (value.kind !== 'foreign' && value.kind !== 'unmoved' && value.kind !== 'released') return false;
  if (('mayBeDone' in value && value.mayBeDone) || value.observed === null) return false;
  const { connectionState, settings } = value.observed.store;
  // The operator uses a hold to repair a FAILED store, whichever Connect failed.
  const states = value.kind === 'released' ? ['CONNECTING', 'CONNECTED'] : ['CONNECTING', 'CONNECTED', 'FAILED'];
  return states.includes(connectionState) && matchesSettings(context.inForce, settings);
}

/**
 * Whether its Connect may be what the store needs: this run may have taken it offline, and it should be CONNECTED. Only an
 * observation that is newer than every accepted call, and no stale read, shows that it is not needed.
 */
export function isSwitchNeeded(context: Context): boolean {
  const { lastObserved: observed, plan, goal, before, hasWritten, lastAcceptedAtMs, stale, nowMs } = context;
  const isWanted = (goal === 'back' ? before?.connectionState : plan?.wantedState) === 'CONNECTED';
  if (!isWanted || !hasWritten || leadsToOtherKeys(context)) return false;
  if (observed === null || observed.atMs < (lastAcceptedAtMs ?? 0)) return true;
  const { connectionState } = observed.store;
  const isOffline = connectionState === 'DISCONNECTED' || connectionState === 'DISCONNECTING';
  return isOffline || mayBeStale(stale, connectionState, nowMs);
}
