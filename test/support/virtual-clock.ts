/**
 * A clock of our own: time passes only when nothing else is left to do, so half an hour of waiting takes a millisecond.
 * p-retry reads timers and chance from the globals, so these are replaced while a clock drives.
 */
import type { SteadyClock } from '../../src/ports/clock.ts';

interface Timer {
  atMs: number;
  readonly request: number;
  readonly fire: () => void;
  /** The world's own: it passes while this machine sleeps. */
  readonly isOutside: boolean;
}

export interface VirtualClock extends SteadyClock {
  /** Drives the promise to its end. @throws Error when it waits for what no timer will bring, or without end. */
  drive<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass that nobody waits for. */
  advance(ms: number): void;
  /** Lets time pass in which this machine sleeps: its timers count none of it. What was ordered with `at` happens. */
  suspend(ms: number): void;
  /** Calls back at an instant of virtual time. */
  at(atMs: number, fire: () => void): () => void;
}

/** Far more than what any run that ends takes. */
const timersAtMost = 100_000;

const { setImmediate: realSetImmediate } = globalThis;
const immediate = () => new Promise((resolve) => realSetImmediate(resolve));

export function createVirtualClock(startMs = Date.parse('2026-11-24T03:00:00Z')): VirtualClock {
  let nowMs = startMs;
  let sleptMs = 0;
  let request = 0;
  const timers = new Set<Timer>();

  function at(atMs: number, fire: () => void, isOutside = false): () => void {
    request += 1;
    const timer = { atMs: Math.max(atMs, nowMs), request, fire, isOutside };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  function fireNext(): boolean {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.request < next.request)) next = timer;
    }
    if (!next) return false;
    timers.delete(next);
    nowMs = Math.max(nowMs, next.atMs);
    next.fire();
    return true;
  }

  /** As Node.js makes them. */
  function startTimer(fire: () => void, ms: number) {
    let stop = at(nowMs + ms, fire);
    const timer = {
      ref: () => timer,
      unref: () => timer,
      stop: () => stop(),
      refresh() {
        stop();
        stop = at(nowMs + ms, fire);
        return timer;
      },
    };
    return timer;
  }

  return {
    now: () => nowMs,
    awakeMs: () => nowMs - sleptMs,
    advance(ms) {
      nowMs += ms;
    },
    suspend(ms) {
      nowMs += ms;
      sleptMs += ms;
      for (const timer of timers) if (!timer.isOutside) timer.atMs += ms;
    },
    at: (atMs, fire) => at(atMs, fire, true),
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
      const { timeout } = AbortSignal;
      let turnsLeft = 0;
      let fired = 0;
      globalThis.setImmediate = ((turn: (...words: unknown[]) => void, ...words: unknown[]) => {
        turnsLeft += 1;
        return realSetImmediate(() => {
          turnsLeft -= 1;
          turn(...words);
        });
      }) as typeof setImmediate;
      globalThis.setTimeout = ((fire: () => void, ms = 0) => startTimer(fire, ms)) as unknown as typeof setTimeout;
      globalThis.clearTimeout = ((timer?: { stop?(): void }) => timer?.stop?.()) as unknown as typeof clearTimeout;
      AbortSignal.timeout = (ms) => {
        const late = new AbortController();
        at(nowMs + ms, () => late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
        return late.signal;
      };
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
          if (isOver) break;
          if (!fireNext()) throw new Error('the run waits for something that no timer will bring');
          fired += 1;
          if (fired > timersAtMost) throw new Error('the run waits without end');
        }
        return await promise;
      } finally {
        globalThis.setImmediate = real.setImmediate;
        globalThis.setTimeout = real.setTimeout;
        globalThis.clearTimeout = real.clearTimeout;
        AbortSignal.timeout = timeout;
        performance.now = real.now;
        Math.random = real.random;
      }
    },
  };
}
