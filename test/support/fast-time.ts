/** Time that runs twenty times as fast: what waits a second by the clock of the product waits a twentieth of one here. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../src/hosts/system-clock.ts';
import { createScaledClock } from '../../src/simulator/index.ts';

const scale = 20;

const { now, awakeMs, sleep } = systemClock;
const timelines = new AsyncLocalStorage<() => number>();
let ofFile: (() => number) | undefined;
const current = () => timelines.getStore() ?? ofFile;

Object.assign(systemClock, {
  now: () => current()?.() ?? now(),
  awakeMs: () => current()?.() ?? awakeMs(),
  sleep: (ms, signal) => sleep(current() ? ms / scale : ms, signal),
} satisfies typeof systemClock);

/** A timeline that begins now. Everything that is begun by the work, however late it goes on, is within it. */
export function createFastTime(): <T>(work: () => T) => T {
  const timeline = createScaledClock(scale);
  return (work) => timelines.run(timeline, work);
}

/** Within the timeline that the work is in already, or in one of its own. */
export const inFastTime = <T>(work: () => T): T => (current() ? work() : createFastTime()(work));

/** For all tests of a file, and all that they call. */
export function useFastTime(): void {
  beforeAll(() => {
    ofFile = createScaledClock(scale);
  });
  afterAll(() => {
    ofFile = undefined;
  });
}
