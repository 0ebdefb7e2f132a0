/** What an answer says of stale reads: with an accepted call, and at the end of a wait, the store leaves states and settings. */
import { arriveAt, leaveSettings, leaveStates, type StaleReads } from '../../src/domain/stale-reads.ts';
import type { Event } from './actor-inputs.ts';
import type { Context } from './context.ts';
import { possibleSettings } from './facts.ts';
import type { Result } from './outputs.ts';

export function recordStaleReads(context: Context, event: Event, nowMs: number): StaleReads {
  const { stale, lastObserved: observed } = context;
  const { value } = event.output;
  if (value.kind === 'refused' || value.kind === 'unclear')
    return contradicts(event) ? leaveStates(stale, [value.observed.store.connectionState], nowMs) : stale;
  if (value.kind !== 'accepted') return endTransition(context, value, nowMs);
  switch (event.type) {
    case 'xstate.done.actor.disconnectStore':
      return observed === null ? stale : leaveStates(stale, [observed.store.connectionState], nowMs);
    case 'xstate.done.actor.connectStore':
      return leaveStates(stale, ['DISCONNECTED', 'DISCONNECTING'], nowMs);
    default:
      return possibleSettings(context).reduce((left, values) => leaveSettings(left, values, nowMs), stale);
  }
}

export function sawStaleRead(value: Result): boolean {
  return 'sawStaleRead' in value && value.sawStaleRead === true;
}

/**
 * The state that a wait has reached is current again, and the transition that led to it is over. As long as no read of the
 * run was stale, a CONNECTING that follows DISCONNECTED is that of the next Connect: to doubt it would prolong an outage.
 */
function endTransition(
  { stale, hasSeenStaleRead, lastObserved, plan }: Context,
  value: Result,
  nowMs: number,
): StaleReads {
  if (value.kind !== 'reached' && value.kind !== 'failed') return stale;
  const isInDoubt = hasSeenStaleRead || sawStaleRead(value);
  // Once there is a plan, a transition that was observed before its wait is that of this run's own call.
  const awaited = plan === null ? lastObserved?.store.connectionState : undefined;
  return arriveAt(stale, value.observed.store.connectionState, isInDoubt, nowMs, awaited);
}

/** KMS refuses a call for a state that Describe does not show, so what Describe shows is a stale read. */
function contradicts({ type, output: { value } }: Event): boolean {
  if (!('failure' in value) || value.failure?.class !== 'invalidState') return false;
  const isMove = type === 'xstate.done.actor.connectStore' || type === 'xstate.done.actor.disconnectStore';
  // An update may be refused because the store is CONNECTED, as Describe shows it.
  return isMove || ('observed' in value && value.observed?.store.connectionState === 'DISCONNECTED');
}
