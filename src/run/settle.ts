/** A wait: looks at the store until the verdict says that it is over. What was seen is counted, changes are noted. */

import type { Look, Questions, Settled, Sighting } from '../../machines/safe-update/index.ts';
import { graceMs, lookAgainAfterMs } from '../domain/cadence.ts';
import type { Failure } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { judgeLook } from '../domain/verdict.ts';
import type { Next } from '../ports/host.ts';
import type { Run } from './run.ts';

export function createJudge(run: Run, { expected, endsOnStop }: Questions['settleStore']) {
  const tally: Record<string, number> = {};
  let seen: Sighting | null = null;
  let lastState = '';
  let hasMoved = false;
  let looks = 0;
  let failedInARow = 0;
  let unreadableSinceMs: number | undefined;

  return (look: Look, nowMs: number, stopRequested: boolean): Next<Settled> => {
    if (endsOnStop && stopRequested) return { done: { kind: 'stopped', tally, seen } };
    looks += 1;
    const word = look.kind === 'seen' ? describeState(look.seen.store) : look.failure.code;
    tally[word] = (tally[word] ?? 0) + 1;
    const noted = word === lastState ? {} : { note: word };
    lastState = word;

    if (look.kind === 'unreadable') {
      failedInARow += 1;
      unreadableSinceMs ??= nowMs;
      const kind = giveUp(look.failure, nowMs);
      if (kind) return { done: { kind, tally, seen, failure: look.failure }, ...noted };
      return { ...lookAgain(nowMs), ...noted };
    }
    failedInARow = 0;
    unreadableSinceMs = undefined;
    seen = look.seen;
    const verdict = judgeLook(expected, seen.store, nowMs, hasMoved);
    const { connectionState } = seen.store;
    hasMoved ||= connectionState === (expected.goal === 'CONNECTED' ? 'CONNECTING' : 'DISCONNECTING');
    return verdict === 'waiting'
      ? { ...lookAgain(nowMs), ...noted }
      : { done: { kind: verdict, tally, seen }, ...noted };
  };

  /** Credentials do not come back by waiting; a network does, for a while. */
  function giveUp({ class: failureClass }: Failure, nowMs: number): 'cutOff' | 'overdue' | undefined {
    if (failureClass === 'credentials' || nowMs - (unreadableSinceMs ?? nowMs) >= graceMs) return 'cutOff';
    return nowMs >= expected.deadlineAtMs ? 'overdue' : undefined;
  }

  /** The last look is at the deadline itself, never a whole pause before or behind it. */
  function lookAgain(nowMs: number) {
    const afterMs = lookAgainAfterMs(expected.goal, looks, failedInARow, run.random());
    const untilMs = nowMs < expected.deadlineAtMs ? Math.min(nowMs + afterMs, expected.deadlineAtMs) : nowMs + afterMs;
    return { untilMs, endsOnStop };
  }
}

function describeState({ connectionState, connectionErrorCode }: KeyStore): string {
  return connectionErrorCode === undefined ? connectionState : `${connectionState} ${connectionErrorCode}`;
}
