/** A stop that is asked for from elsewhere reaches a run as one that is asked for here. */
import type { Clock } from '../../ports/clock.ts';
import type { Stops } from '../../ports/stops.ts';

const everyMs = 2_000;

export interface StopWatch {
  readonly signal: AbortSignal;
  end(): void;
}

/** `asked`: the stop that is asked for here. */
export function watchForStop(stops: readonly Stops[], clock: Clock, asked: AbortSignal | undefined): StopWatch {
  const stop = new AbortController();
  const over = new AbortController();
  void watch();
  return {
    signal: asked ? AbortSignal.any([asked, stop.signal]) : stop.signal,
    end: () => over.abort(),
  };

  async function watch(): Promise<void> {
    while (stops.length > 0 && !over.signal.aborted) {
      const answers = await Promise.all(stops.map(({ isRequested }) => isRequested()));
      if (answers.includes(true)) return stop.abort();
      await clock.sleep(everyMs, over.signal);
    }
  }
}
