/**
 * A clock of our own: time passes only when nothing else is left to do, so half an hour of waiting takes a millisecond.
 * p-retry reads timers and chance from the globals, so these are replaced while a clock drives.
 */
import type { Clock } from '../../src/ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export interface VirtualClock extends Clock {
  /** Drives the promise to its end. @throws Error when it waits for something that no timer will bring. */
  drive<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass that nobody waits for. */
  advance(ms: number): void;
  /** Calls back at an instant of virtual time. */
  at(atMs: number, fire: () => void): () => void;
}

const { setImmediate: realSetImmediate } = globalThis;
const immediate = () => new Promise((resolve) => realSetImmediate(resolve));

export function createVirtualClock(startMs = Date.parse('2026-11-24T03:00:00Z')): VirtualClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  function at(atMs: number, fire: () => void): () => void {
    order += 1;
    const timer = { atMs: Math.max(atMs, nowMs), order, fire };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  function fireNext(): boolean {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) next = timer;
    }
    if (!next) return false;
    timers.delete(next);
    nowMs = next.atMs;
    next.fire();
    return true;
  }

  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    at,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = () => {
          cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const cancel = at(nowMs + Math.max(0, ms), done);
        signal?.addEventListener('abort', done);
      }),
    async drive(promise) {
      const real = { setTimeout, clearTimeout, setImmediate, now: performance.now, random: Math.random };
      let turnsLeft = 0;
      globalThis.setImmediate = ((turn: (...words: unknown[]) => void, ...words: unknown[]) => {
        turnsLeft += 1;
        return realSetImmediate(() => {
          turnsLeft -= 1;
          turn(...words);
        });
      }) as typeof setImmediate;
      globalThis.setTimeout = ((fire: () => void, ms = 0) => at(nowMs + ms, fire)) as unknown as typeof setTimeout;
      globalThis.clearTimeout = ((cancel?: () => void) => cancel?.()) as unknown as typeof clearTimeout;
      performance.now = () => nowMs;
      Math.random = () => 0.5;
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      promise.then(over, over);
      try {
        while (!isOver) {
          do await immediate();
          while (turnsLeft > 0);
          if (!isOver && !fireNext()) throw new Error('the run waits for something that no timer will bring');
        }
        return await promise;
      } finally {
        globalThis.setImmediate = real.setImmediate;
        globalThis.setTimeout = real.setTimeout;
        globalThis.clearTimeout = real.clearTimeout;
        performance.now = real.now;
        Math.random = real.random;
      }
    },
  };
}
