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

/** One Ctrl-C under npx arrives twice: from the terminal, and passed on by npm. */
const echoMs = 100;

export function watchStops(io: Io, { onFirst, onSecond }: StopHandlers, now: () => number = Date.now): Stops {
  const abort = new AbortController();
  let firstAtMs: number | undefined;
  const end = io.onSignal((signal) => {
    if (firstAtMs === undefined) {
      firstAtMs = now();
      onFirst(signal);
      abort.abort();
      return;
    }
    // A terminal that goes away may send SIGHUP more than once; that is no order to leave a store offline.
    if (signal !== 'SIGHUP' && now() - firstAtMs > echoMs) onSecond();
  });
  return { signal: abort.signal, end };
}
