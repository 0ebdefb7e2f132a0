/**
 * Time for what runs in this process: work takes as long as it takes, and a wait of the product is over in a tenth of its
 * time, when the clock has moved on by all of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../src/hosts/system-clock.ts';

const scale = 10;

/** How far its waits have moved it ahead of the real time. */
interface Timeline {
  aheadMs: number;
}

const { now, awakeMs, sleep } = systemClock;
const timelines = new AsyncLocalStorage<Timeline>();
let ofFile: Timeline | undefined;
const current = () => timelines.getStore() ?? ofFile;

Object.assign(systemClock, {
  now: () => now() + (current()?.aheadMs ?? 0),
  awakeMs: () => awakeMs() + (current()?.aheadMs ?? 0),
  async sleep(ms, signal) {
    const timeline = current();
    if (timeline === undefined) return sleep(ms, signal);
    const endsAtMs = now() + timeline.aheadMs + ms;
    await sleep(ms / scale, signal);
    if (!signal?.aborted) timeline.aheadMs = Math.max(timeline.aheadMs, endsAtMs - now());
  },
} satisfies typeof systemClock);

/** A timeline that begins now. Everything that is begun by the work, however late it goes on, is within it. */
export function createFastTime(): <T>(work: () => T) => T {
  const timeline = { aheadMs: 0 };
  return (work) => timelines.run(timeline, work);
}

/** Within the timeline that the work is in already, or in one of its own. */
export const inFastTime = <T>(work: () => T): T => (current() ? work() : createFastTime()(work));

/** For all tests of a file, and all that they call. */
export function useFastTime(): void {
  beforeAll(() => {
    ofFile = { aheadMs: 0 };
  });
  afterAll(() => {
    ofFile = undefined;
  });
}
