/** Judges what one observation of the store means for the wait that it belongs to. Decisions only: no clock, no calls. */
import type { Goal } from './cadence.ts';
import { isKnownState, isTransient, type KeyStore, matchesSettings, type Settings } from './key-store.ts';
import { judgeSettings, mayBeStale, type StaleReads } from './stale-reads.ts';

/** What a wait expects to observe. Everything in it is known when the wait begins. */
export interface Expectation {
  readonly goal: Goal;
  /** The end of the longest wait. Only an observation made after it ends the wait. */
  readonly deadlineAtMs: number;
  readonly stale: StaleReads;
  /** The settings in force. Absent: any are fine (the first wait). */
  readonly settings?: Settings;
  /** For `shown`: the state the run wants to end in. */
  readonly state?: 'CONNECTED' | 'DISCONNECTED';
}

/**
 * `reached`: as wanted. `failed`: FAILED, by our Connect. `foreign`: an external change. `unmoved`: our accepted call had no
 * effect. `overdue`: past the deadline. `waiting`: observe again.
 */
export type Verdict = 'reached' | 'failed' | 'foreign' | 'unmoved' | 'overdue' | 'waiting';

/** What speaks for it that an observation is no stale read. */
export interface Evidence {
  /** This wait has observed the transition that it waits for, and that was no stale read. */
  readonly hasMoved: boolean;
  /** This wait was shown a state that it cannot believe yet: hosts of KMS disagree, so a transition proves nothing. */
  readonly isDoubted?: boolean;
  /** A key of the store failed during the outage, and works now. */
  readonly keysWork: boolean;
}

export function judgeObservation(expected: Expectation, store: KeyStore, nowMs: number, evidence: Evidence): Verdict {
  const verdict = judgeShownSettings(expected, store, nowMs) ?? judgeState(expected, store, nowMs, evidence);
  return verdict === 'waiting' && nowMs >= expected.deadlineAtMs
    ? judgeLateness(expected, store, nowMs, evidence)
    : verdict;
}

/** Until when a state has to be shown before this wait believes it; null: it needs no such evidence. */
export function confirmedAtMs(
  { goal, stale }: Expectation,
  { connectionState: state }: KeyStore,
  nowMs: number,
  { hasMoved, isDoubted = false }: Evidence,
): number | null {
  const isOfConnect = state === 'CONNECTED' || state === 'FAILED';
  const isAnswer = goal === 'CONNECTED' ? isOfConnect : goal === 'settled' && !isTransient(state);
  const isExplained = hasMoved && !isDoubted && isOfConnect;
  return isAnswer && !isExplained && mayBeStale(stale, state, nowMs) ? (stale.states[state] ?? null) : null;
}

/** The transition that only the awaited call explains. */
export function showsTransition({ goal, stale }: Expectation, { connectionState }: KeyStore, nowMs: number): boolean {
  const transition = goal === 'DISCONNECTED' ? 'DISCONNECTING' : 'CONNECTING';
  return connectionState === transition && !mayBeStale(stale, transition, nowMs);
}

function judgeShownSettings(
  { settings, stale, goal }: Expectation,
  store: KeyStore,
  nowMs: number,
): Verdict | undefined {
  if (!settings) return undefined;
  const judged = judgeSettings([settings], stale, store.settings, nowMs);
  if (judged === 'current') return undefined;
  if (judged === 'stale') return 'waiting';
  // No stale read any more, but also no external change.
  const isOld = stale.settings.some(({ values }) => matchesSettings(values, store.settings));
  if (!isOld) return 'foreign';
  return goal === 'shown' ? 'unmoved' : undefined;
}

function judgeState(expected: Expectation, store: KeyStore, nowMs: number, evidence: Evidence): Verdict {
  const { hasMoved, keysWork } = evidence;
  const state = store.connectionState;
  const isStale = mayBeStale(expected.stale, state, nowMs);
  // What it means is not known, so it ends no wait: it may be a step on the way.
  if (!isKnownState(state)) return 'waiting';
  switch (expected.goal) {
    case 'settled':
      return isTransient(state) || confirmedAtMs(expected, store, nowMs, evidence) !== null ? 'waiting' : 'reached';
    case 'shown':
      if (isStale) return 'waiting';
      return state === expected.state ? 'reached' : 'foreign';
    case 'DISCONNECTED':
      // KMS itself refuses what is sent too early, so a stale DISCONNECTED does no harm; to doubt it would prolong the outage.
      if (state === 'DISCONNECTED') return 'reached';
      if (state === 'DISCONNECTING' || isStale) return 'waiting';
      return hasMoved || state === 'CONNECTING' ? 'foreign' : 'waiting';
    case 'CONNECTED':
      if (state === 'CONNECTING') return 'waiting';
      if (state === 'CONNECTED' && keysWork) return 'reached';
      if (confirmedAtMs(expected, store, nowMs, evidence) !== null) return 'waiting';
      if (state === 'CONNECTED') return 'reached';
      if (state === 'FAILED') return 'failed';
      if (isStale) return 'waiting';
      return hasMoved || state === 'DISCONNECTING' ? 'foreign' : 'waiting';
  }
}

/** An accepted call is believed until the longest wait is over: only then does the state before it mean that nothing came of it. */
function judgeLateness({ goal, stale }: Expectation, store: KeyStore, nowMs: number, { hasMoved }: Evidence): Verdict {
  const state = store.connectionState;
  const isStale = mayBeStale(stale, state, nowMs);
  if (goal === 'CONNECTED' && (state === 'CONNECTED' || state === 'FAILED')) return 'waiting';
  const isBefore = goal === 'CONNECTED' ? state === 'DISCONNECTED' : state === 'CONNECTED' || state === 'FAILED';
  return (goal === 'CONNECTED' || goal === 'DISCONNECTED') && isBefore && !hasMoved && !isStale ? 'unmoved' : 'overdue';
}
