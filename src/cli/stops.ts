/** Ctrl-C, SIGTERM and SIGHUP: the first asks the run for a stop, the second ends the process. */
import type { Io } from './io.ts';

export interface Stops {
  readonly signal: AbortSignal;
  end(): void;
}

export interface StopHandlers {
  onFirst(signal: NodeJS.Signals): void;
  /** Ends the process. */
  onSecond(): void;
}

export function watchStops(io: Io, { onFirst, onSecond }: StopHandlers): Stops {
  const abort = new AbortController();
  const end = io.onSignal((signal) => {
    if (!abort.signal.aborted) {
      onFirst(signal);
      abort.abort();
    } else if (signal !== 'SIGHUP') {
      // A terminal that goes away may send SIGHUP more than once; that is no order to leave a store offline.
      onSecond();
    }
  });
  return { signal: abort.signal, end };
}
