/** A clock that stands still until the test moves it, beside real requests. */
import type { Clock } from '../../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Moves it, and wakes who has slept long enough. */
  pass(ms: number): void;
  /** How many sleep now. */
  readonly sleeping: number;
}

export function createManualClock(startMs = Date.parse('2026-11-24T03:00:00Z')): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => nowMs,
    get sleeping() {
      return sleepers.size;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { untilMs: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    pass(ms) {
      nowMs += ms;
      for (const { untilMs, wake } of [...sleepers]) if (untilMs <= nowMs) wake();
    },
  };
}
