/** What an answer says of stale reads: with an accepted call, and at the end of a wait, the store leaves states and settings. */
import { leaveSettings, leaveStates, type StaleReads } from '../../src/domain/stale-reads.ts';
import type { Result } from './answers.ts';
import { possibleSettings } from './facts.ts';
import type { Context, Event } from './types.ts';

export function recordStaleReads(context: Context, event: Event, nowMs: number): StaleReads {
  const { stale, seen } = context;
  const { value } = event.output;
  if (value.kind !== 'accepted') return endTransition(stale, value, nowMs);
  switch (event.type) {
    case 'xstate.done.actor.disconnectStore':
      return seen === null ? stale : leaveStates(stale, [seen.store.connectionState], nowMs);
    case 'xstate.done.actor.connectStore':
      return leaveStates(stale, ['DISCONNECTED', 'DISCONNECTING'], nowMs);
    default:
      return possibleSettings(context).reduce((left, values) => leaveSettings(left, values, nowMs), stale);
  }
}

/** The state that a wait has reached is current again, and the transition that led to it is over. */
function endTransition(stale: StaleReads, value: Result, nowMs: number): StaleReads {
  if (value.kind !== 'reached' && value.kind !== 'failed') return stale;
  const state = value.seen.store.connectionState;
  const { [state]: _, ...states } = stale.states;
  return leaveStates({ ...stale, states }, [state === 'DISCONNECTED' ? 'DISCONNECTING' : 'CONNECTING'], nowMs);
}
