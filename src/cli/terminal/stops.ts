/**
 * Ctrl-C, SIGTERM and SIGHUP: the first asks the run for a stop, a second one ends the process. While a question is open,
 * Ctrl-C answers the question.
 */
import type { Io } from './io.ts';
import { isQuestionOpen } from './keyboard.ts';

export interface Stops {
  readonly signal: AbortSignal;
  end(): void;
}

export interface StopHandlers {
  onFirst(signal: NodeJS.Signals): void;
  /** Ends the process. */
  onSecond(): void;
}

/** `timeout` signals its child, and then the child's process group: that is one stop. */
const sameStopMs = 1_000;

/** `now` gives milliseconds that only go forward. */
export function watchStops(
  io: Io,
  { onFirst, onSecond }: StopHandlers,
  now: () => number = () => performance.now(),
): Stops {
  const abort = new AbortController();
  let firstAtMs = 0;
  const end = io.onSignal((signal) => {
    if (signal === 'SIGINT' && isQuestionOpen(io)) return;
    if (!abort.signal.aborted) {
      firstAtMs = now();
      onFirst(signal);
      abort.abort();
    } else if (signal !== 'SIGHUP' && now() - firstAtMs >= sameStopMs) {
      // A terminal that goes away may send SIGHUP more than once; that is no order to leave a store offline.
      onSecond();
    }
  });
  return { signal: abort.signal, end };
}
