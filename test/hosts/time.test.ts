import { describe, expect, it } from 'vitest';
import { createLocalHost } from '../../src/hosts/local.ts';
import { createMemoryLog } from '../support/memory-log.ts';

/** A clock that shows what it is told, in a process that has been running as long as it is told. */
function createClock(ms: number) {
  const clock = { ms, ranMs: 0, now: () => clock.ms, awakeMs: () => clock.ranMs, sleep: async () => undefined };
  return clock;
}

describe('the time of a run', () => {
  it('goes on from where it was when the clock is set back', () => {
    const clock = createClock(10_000);
    const host = createLocalHost(createMemoryLog(), clock);

    clock.ms = 4_000;
    expect(host.now()).toBe(10_000);
    clock.ms = 5_000;
    expect(host.now()).toBe(11_000);
  });

  it('goes on from the log when the clock was set back since that was written', () => {
    const clock = createClock(4_000);
    const host = createLocalHost(createMemoryLog([{ kind: 'stop', atMs: 10_000 }]), clock);

    clock.ms = 5_000;
    expect(host.now()).toBe(11_000);
  });

  it('follows a clock that is set forward, as one is when the machine has slept', () => {
    const clock = createClock(4_000);
    const host = createLocalHost(createMemoryLog(), clock);

    clock.ms = 500_000;
    expect(host.now()).toBe(500_000);
  });
});

describe('the time that a process has not lived through', () => {
  it('is counted from each instant before a jump of the clock, and from none after it', () => {
    const clock = createClock(10_000);
    const host = createLocalHost(createMemoryLog(), clock);
    const pass = (ms: number, ranMs: number) => {
      clock.ms += ms;
      clock.ranMs += ranMs;
      return host.now();
    };

    const beforeMs = pass(2_000, 2_000);
    pass(3_600_000, 500);
    const betweenMs = pass(2_000, 2_000);
    pass(600_000, 0);

    expect([beforeMs, betweenMs, host.now()].map(host.lostMs)).toEqual([4_199_500, 600_000, 0]);
  });

  it('is none while the clock is set back, or differs by what a busy machine explains', () => {
    const clock = createClock(10_000);
    const host = createLocalHost(createMemoryLog(), clock);

    for (const ms of [4_000, 4_900, 5_800]) {
      clock.ms = ms;
      host.now();
    }

    expect(host.lostMs(0)).toBe(0);
  });
});
