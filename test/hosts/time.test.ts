import { describe, expect, it } from 'vitest';
import { createLocalHost, createMemoryLog } from '../../src/hosts/local.ts';

/** A clock that shows what it is told. */
function createClock(ms: number) {
  const clock = { ms, now: () => clock.ms, sleep: async () => undefined };
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
