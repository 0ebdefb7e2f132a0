/** Nothing that a proxy does holds a run up: whatever is asked of it ends at a stop, or after a time. */
import { setMaxListeners } from 'node:events';
import type { NoReply } from '../ports/xks-proxy.ts';

/** `work` gets a function that ends it early, and the signal on which it lets go of what it holds. */
export function limitTime<T>(
  timeoutMs: number,
  stop: AbortSignal,
  work: (end: (result: T | NoReply) => void, over: AbortSignal) => void,
): Promise<T | NoReply> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = (result: T | NoReply) => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      resolve(result);
      over.abort();
    };
    const onStop = () => end({ kind: 'failed', trouble: 'stopped', detail: 'stopped' });
    const late = () => end({ kind: 'failed', trouble: 'timedOut', detail: `${timeoutMs} ms` });
    const timer = setTimeout(late, timeoutMs);
    if (stop.aborted) return onStop();
    // Many questions wait for the same stop, which Node.js takes for a leak.
    setMaxListeners(0, stop);
    stop.addEventListener('abort', onStop, { once: true });
    work(end, over.signal);
  });
}
