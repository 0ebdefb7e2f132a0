/** What an answer says of stale reads: with an accepted call, and at the end of a wait, the store leaves states and settings. */
import { arriveAt, leaveSettings, leaveStates, type StaleReads } from '../../src/domain/stale-reads.ts';
import { possibleSettings } from './facts.ts';
import type { Result } from './outputs.ts';
import type { Context, Event } from './types.ts';

export function recordStaleReads(context: Context, event: Event, nowMs: number): StaleReads {
  const { stale, lastObserved: observed } = context;
  const { value } = event.output;
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
