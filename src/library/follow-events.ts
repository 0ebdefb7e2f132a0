/** The events of a run as an async iterator, beside the callback `onProgress`. */
import type { Progress, ProgressEvent } from '../ports/progress.ts';

export interface Followed<T> extends AsyncIterable<ProgressEvent> {
  /** What the function returns. It rejects as the function does; the iterator only ends then. */
  readonly result: Promise<T>;
}

/**
 * Starts a run and iterates over its events. The iterator ends when the run ends. The run does not wait for it: events are
 * kept until they are read, and leaving the loop does not stop the run (abort `signal` for that).
 *
 * @param start Starts the run, with the `onProgress` that it is given.
 * @returns The events, each of which is read once, and the result.
 * @example
 * const run = followEvents((onProgress) => updateStore({ ...request, onProgress }));
 * for await (const event of run) console.log(event.type);
 * const { outcome } = await run.result;
 */
export function followEvents<T>(start: (onProgress: Progress) => Promise<T>): Followed<T> {
  const unread: ProgressEvent[] = [];
  let isOver = false;
  let wake = () => {};
  const result = begin();
  // A caller that iterates first and awaits the result afterwards handles its rejection in time.
  result.catch(() => undefined);

  async function begin(): Promise<T> {
    try {
      return await start((event) => {
        unread.push(event);
        wake();
      });
    } finally {
      isOver = true;
      wake();
    }
  }

  async function* read(): AsyncGenerator<ProgressEvent, void> {
    for (;;) {
      const event = unread.shift();
      if (event !== undefined) yield event;
      else if (isOver) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  return { result, [Symbol.asyncIterator]: read };
}
