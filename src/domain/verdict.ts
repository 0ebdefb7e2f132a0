/** Judges what a look at the store means for the wait it belongs to. Decisions only: no clock, no calls. */
import { type Goal, graceMs } from './cadence.ts';
import { isTransient, type KeyStore, matchesSettings, type Settings } from './key-store.ts';

/** What a wait expects to see. Everything in it is known when the wait begins. */
export interface Expectation {
  readonly goal: Goal;
  readonly deadlineAtMs: number;
  /** Until then the state and the settings from before our last accepted call are stale. */
  readonly graceUntilMs: number;
  /** Until then FAILED may be the failure from before our Connect, unless the store was seen CONNECTING since. */
  readonly failureIsStaleUntilMs: number;
  /** The settings in force, and those that a stale read may still show. Absent: any are fine (the first wait). */
  readonly settings?: Settings;
  readonly staleSettings?: Settings;
  /** For `shown`: the state the run wants to end in. */
  readonly state?: 'CONNECTED' | 'DISCONNECTED';
}

/**
 * `reached`: as wanted. `failed`: FAILED, for good. `foreign`: neither ours nor stale. `unmoved`: our accepted call had no
 * effect. `overdue`: past the deadline. `waiting`: look again.
 */
export type Verdict = 'reached' | 'failed' | 'foreign' | 'unmoved' | 'overdue' | 'waiting';

/** How long what was so at an instant may still be shown. */
export function graceUntilMs(sinceMs: number | null): number {
  return sinceMs === null ? 0 : sinceMs + graceMs;
}

/** `hasMoved`: the wait has already seen the store in the transition it waits for. */
export function judgeLook(expected: Expectation, store: KeyStore, nowMs: number, hasMoved: boolean): Verdict {
  const inGrace = nowMs < expected.graceUntilMs;
  const verdict = judgeSettings(expected, store, inGrace) ?? judgeState(expected, store, nowMs, hasMoved);
  return verdict === 'waiting' && nowMs >= expected.deadlineAtMs ? 'overdue' : verdict;
}

function judgeSettings(expected: Expectation, store: KeyStore, inGrace: boolean): Verdict | undefined {
  const { settings, staleSettings } = expected;
  if (!settings || matchesSettings(settings, store.settings)) return undefined;
  const isStale = staleSettings !== undefined && matchesSettings(staleSettings, store.settings);
  if (!isStale) return 'foreign';
  if (inGrace) return 'waiting';
  return expected.goal === 'shown' ? 'unmoved' : undefined;
}

function judgeState(expected: Expectation, store: KeyStore, nowMs: number, hasMoved: boolean): Verdict {
  const inGrace = nowMs < expected.graceUntilMs;
  const state = store.connectionState;
  switch (expected.goal) {
    case 'settled':
      return isTransient(state) ? 'waiting' : 'reached';
    case 'shown':
      return state === expected.state ? 'reached' : inGrace ? 'waiting' : 'foreign';
    case 'DISCONNECTED':
      if (state === 'DISCONNECTED') return 'reached';
      if (state === 'DISCONNECTING' || inGrace) return 'waiting';
      return hasMoved || state === 'CONNECTING' ? 'foreign' : 'unmoved';
    case 'CONNECTED':
      if (state === 'CONNECTED') return 'reached';
      if (state === 'FAILED' && (hasMoved || !inGrace || nowMs >= expected.failureIsStaleUntilMs)) return 'failed';
      if (state === 'CONNECTING' || inGrace) return 'waiting';
      return hasMoved ? 'foreign' : 'unmoved';
  }
}
