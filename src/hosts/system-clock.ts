/** The clock of the machine we are on. */
import type { SteadyClock } from '../ports/clock.ts';

export const systemClock: SteadyClock = {
  now: () => Date.now(),
  awakeMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
