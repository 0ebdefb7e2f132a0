/** Time that flies: a command in this process waits a second of its clock in a twentieth of one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock } from '../../src/hosts/system-clock.ts';
import { createScaledClock } from '../../src/simulator/index.ts';

const scale = 20;

const { now, awakeMs, sleep } = systemClock;
const timelines = new AsyncLocalStorage<() => number>();

Object.assign(systemClock, {
  now: () => timelines.getStore()?.() ?? now(),
  awakeMs: () => timelines.getStore()?.() ?? awakeMs(),
  sleep: (ms, signal) => sleep(timelines.getStore() ? ms / scale : ms, signal),
} satisfies typeof systemClock);

/** A line of time that begins now. Everything that is begun by the work, however late it goes on, is within it. */
export function createFastTime(): <T>(work: () => T) => T {
  const timeline = createScaledClock(scale);
  return (work) => timelines.run(timeline, work);
}
