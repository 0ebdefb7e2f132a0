/** The one time limit of everything that is asked over a network: no answer, however it stalls, is awaited forever. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';

/** Named as the SDK names a request that took too long: a call that changes something may have taken effect. */
class TimeLimitError extends Error {
  override readonly name = 'TimeoutError';
}

/** The limit under which code runs; what that code starts beside itself can end with it. */
export interface Limit {
  /** Aborts when the limit or a stop ends the work; never after the work has ended by itself. */
  readonly signal: AbortSignal;
  /** What the work waits for, in words, where it says so. */
  waitsFor?: string;
}

const current = new AsyncLocalStorage<Limit>();

/** The innermost limit of the code that asks; undefined without a limit. */
export function findLimit(): Limit | undefined {
  return current.getStore();
}

export interface Within {
  readonly limitMs: number;
  /** Ends the work early. Absent: only the limit does, as with every call that changes something. */
  readonly stop?: AbortSignal | undefined;
  /** What to throw at the limit. Default: a `TimeLimitError`. */
  readonly explain?: (limit: Limit) => Error;
}

/**
 * Does the work, and rejects when the time is over, whatever the work still does. The signal that it gets is aborted then,
 * so that it lets go of its connection: an abort also ends a body that stalls or drips, which no socket timeout does.
 *
 * @throws {TimeLimitError} at the limit; the reason of `stop` at a stop.
 */
export function within<T>(
  { limitMs, stop, explain = () => new TimeLimitError(`no answer within ${limitMs / 1_000} s`) }: Within,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const limit: Limit = { signal: over.signal };
  return new Promise((resolve, reject) => {
    const letGo = () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
    };
    const end = (error: unknown) => {
      letGo();
      reject(error);
      over.abort(error);
    };
    const onStop = () => end(stop?.reason);
    const timer = setTimeout(() => end(explain(limit)), limitMs);
    if (stop?.aborted) return onStop();
    if (stop) {
      // Many questions wait for the same stop, which Node.js takes for a leak.
      setMaxListeners(0, stop);
      stop.addEventListener('abort', onStop, { once: true });
    }
    current
      .run(limit, () => work(over.signal))
      .then(resolve, reject)
      .finally(letGo);
  });
}
