/** A wait for the store: looks until the verdict says that it is over. What was seen is counted, changes are noted. */
import type { ActorInputs, Observation, ObserveResult, Settled, Stamped } from '../../machines/safe-update/index.ts';
import { observeAgainAfterMs, unreadableForMs } from '../domain/cadence.ts';
import { toIso } from '../domain/duration.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { addCalls, type Calls } from '../domain/outcome.ts';
import { mayBeStale } from '../domain/stale-reads.ts';
import { confirmedAtMs, judgeObservation, showsTransition } from '../domain/verdict.ts';
import type { Next, Wait } from '../ports/host.ts';
import type { Run } from './run.ts';

/** What a wait for the store remembers of its looks so far. */
export interface SettleMemory {
  readonly tally: Readonly<Record<string, number>>;
  readonly observed: Observation | null;
  readonly lastWord: string;
  readonly shownSinceMs: number;
  readonly hasMoved: boolean;
  /** It was told that the state shown has to be confirmed. */
  readonly isConfirming: boolean;
  /** A state was shown that may be older than the last accepted call. */
  readonly sawStaleRead: boolean;
  readonly failedInARow: number;
  readonly unreadableSinceMs: number | null;
}

export const notObserved: SettleMemory = {
  tally: {},
  observed: null,
  lastWord: '',
  shownSinceMs: 0,
  hasMoved: false,
  isConfirming: false,
  sawStaleRead: false,
  failedInARow: 0,
  unreadableSinceMs: null,
};

/** An earlier process may have observed stale reads, and left no word of them. */
export const observedBefore: SettleMemory = { ...notObserved, sawStaleRead: true };

/** Settles with the requests of all looks counted, whichever process made them. */
export function settle<L, M, T extends object>(
  run: Run,
  id: string,
  { initial, initialAgain = initial, observe, judge }: Wait<L, M, T>,
): Promise<Stamped<T>> {
  return run.host.settle<L, { readonly own: M; readonly calls: Calls }, T & { readonly calls: Calls }>(id, {
    initial: { own: initial, calls: {} },
    initialAgain: { own: initialAgain, calls: {} },
    observe: ({ own }, signal) => observe(own, signal),
    judge(memory, observation, nowMs, stopRequested) {
      const next = judge(memory.own, observation, nowMs, stopRequested);
      const calls = addCalls(memory.calls, run.takeCalls());
      return 'done' in next
        ? { ...next, done: { ...next.done, calls } }
        : { ...next, memory: { own: next.memory, calls } };
    },
  });
}

/** `keysWork`: a key that failed during the outage works now. */
export function judgeSettled(
  { random, emit }: Pick<Run, 'random' | 'emit'>,
  { expected, endsOnStop }: Pick<ActorInputs['settleStore'], 'expected' | 'endsOnStop'>,
  before: SettleMemory,
  observation: ObserveResult,
  nowMs: number,
  stopRequested: boolean,
  keysWork = false,
): Next<Settled, SettleMemory> {
  if (endsOnStop && stopRequested) return { done: { kind: 'stopped', tally: before.tally, observed: before.observed } };
  const word = observation.kind === 'observed' ? describeState(observation.observed.store) : observation.failure.code;
  const tally = { ...before.tally, [word]: (before.tally[word] ?? 0) + 1 };
  const shownSinceMs = word === before.lastWord ? before.shownSinceMs : nowMs;
  const lookResult = { ...before, tally, lastWord: word, shownSinceMs };
  const noted = word === before.lastWord ? {} : { note: word };

  if (observation.kind === 'unreadable') {
    const unreadableSinceMs = before.unreadableSinceMs ?? nowMs;
    const memory = { ...lookResult, failedInARow: before.failedInARow + 1, unreadableSinceMs };
    // Credentials do not come back by waiting; a network does, for a while. The deadline needs an observation after it.
    const isCutOff = observation.failure.class === 'credentials' || nowMs - unreadableSinceMs >= unreadableForMs;
    if (isCutOff)
      return { done: { kind: 'cutOff', tally, observed: before.observed, failure: observation.failure }, ...noted };
    return { ...observeAgain(memory), ...noted };
  }
  const { observed } = observation;
  const evidence = { hasMoved: before.hasMoved, isDoubted: before.isConfirming, keysWork };
  const verdict = judgeObservation(expected, observed.store, nowMs, evidence);
  const sawStaleRead = before.sawStaleRead || mayBeStale(expected.stale, observed.store.connectionState, nowMs);
  if (verdict !== 'waiting')
    return {
      done: { kind: verdict, tally, observed, shownSinceMs, ...(sawStaleRead ? { sawStaleRead } : {}) },
      ...noted,
    };
  const hasMoved = before.hasMoved || showsTransition(expected, observed.store, nowMs);
  const untilMs = confirmedAtMs(expected, observed.store, nowMs, evidence);
  if (untilMs !== null && !before.isConfirming)
    emit({ type: 'wait.confirming', state: observed.store.connectionState, until: toIso(untilMs) });
  const isConfirming = before.isConfirming || untilMs !== null;
  return {
    ...observeAgain({
      ...lookResult,
      observed,
      hasMoved,
      isConfirming,
      sawStaleRead,
      failedInARow: 0,
      unreadableSinceMs: null,
    }),
    ...noted,
  };

  /** The last look is at the deadline itself, never a whole pause before or behind it. */
  function observeAgain(memory: SettleMemory) {
    const afterMs = observeAgainAfterMs(expected.goal, memory.failedInARow, random());
    const untilMs = nowMs < expected.deadlineAtMs ? Math.min(nowMs + afterMs, expected.deadlineAtMs) : nowMs + afterMs;
    return { untilMs, endsOnStop, memory };
  }
}

function describeState({ connectionState, connectionErrorCode }: KeyStore): string {
  return connectionErrorCode === undefined ? connectionState : `${connectionState} ${connectionErrorCode}`;
}
