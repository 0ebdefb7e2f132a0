import { describe, expect, it, vi } from 'vitest';
import { createKeys } from '../../../src/aws/kms/keys.ts';
import { createKms } from '../../../src/aws/kms/kms.ts';
import { createPace } from '../../../src/aws/kms/pace.ts';
import type { Send } from '../../../src/aws/kms/send.ts';
import { quotas } from '../../../src/domain/quotas.ts';
import { documentedRates } from '../../../src/simulator/index.ts';
import { entry, sdkError } from '../../support/scripted-send.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const second = 1_000;

describe('the pace', () => {
  it('stays below the documented quota of each operation, and leaves a part of it to others', () => {
    for (const { allowed, sent } of Object.values(quotas)) expect(sent).toBeLessThan(allowed);
    const known = Object.entries(documentedRates).filter(([operation]) => Object.hasOwn(quotas, operation));
    expect(known.length).toBeGreaterThan(8);
    for (const [operation, rate] of known) expect(quotas[operation as keyof typeof quotas].allowed).toBe(rate);
  });

  it('lets no more than four GetKeyLastUsage through within any second, however many wait', async () => {
    const clock = createVirtualClock();
    const pace = createPace(clock);
    const sentAtMs: number[] = [];
    const send = async () => {
      await pace('GetKeyLastUsage');
      sentAtMs.push(clock.now());
    };
    await clock.drive(Promise.all(Array.from({ length: 22 }, send)));

    for (const atMs of sentAtMs)
      expect(sentAtMs.filter((other) => other >= atMs && other < atMs + second).length).toBeLessThanOrEqual(4);
    expect((sentAtMs.at(-1) ?? 0) - (sentAtMs[0] ?? 0)).toBe(5 * second);
  });

  it('is slower for a caller who asks for that, and counts the requests of the others', async () => {
    const clock = createVirtualClock();
    const pace = createPace(clock);
    const startMs = clock.now();
    const sentAtMs: number[] = [];
    const send = async (atMost: number | undefined) => {
      await pace('GetKeyLastUsage', undefined, atMost);
      sentAtMs.push(clock.now() - startMs);
    };
    await clock.drive(Promise.all([send(undefined), send(undefined), send(1), send(1), send(100), send(100)]));
    expect(sentAtMs).toEqual([0, 0, second, 2 * second, 2 * second, 2 * second]);
  });

  it('is one for the stores and the keys of an account, and each operation has its own', async () => {
    const clock = createVirtualClock();
    const sent: string[] = [];
    const startMs = clock.now();
    const send: Send = async (operation) => {
      sent.push(`${operation} ${clock.now() - startMs}`);
      return { output: { CustomKeyStores: [entry('cks-1')], Keys: [], Aliases: [] } };
    };
    const pace = createPace(clock);
    const [one, two] = [1, 2].map(() => createKms(send, clock, { pace }));
    const keys = createKeys(send, clock, pace);
    await clock.drive(Promise.all([one?.describe('cks-1'), two?.describe('cks-1'), keys.listAliases()]));

    expect(sent.sort()).toEqual(['DescribeCustomKeyStores 0', `DescribeCustomKeyStores ${second}`, 'ListAliases 0']);
  });

  it('gives the turn of a caller who stopped waiting to the next one', async () => {
    const clock = createVirtualClock();
    const pace = createPace(clock);
    const stop = new AbortController();
    const turns: string[] = [];
    const take = async (name: string, signal?: AbortSignal) => {
      await pace('DescribeCustomKeyStores', signal);
      turns.push(`${name} ${clock.now() - startMs}`);
    };
    const startMs = clock.now();
    clock.at(startMs + 400, () => stop.abort());
    await clock.drive(Promise.all([take('first'), take('stopped', stop.signal), take('last')]));

    expect(turns).toEqual(['first 0', 'stopped 400', `last ${second}`]);
  });

  it('waits no longer than a second where the clock was set back', async () => {
    const clock = createVirtualClock();
    let offsetMs = 0;
    const pace = createPace({ ...clock, now: () => clock.now() + offsetMs });
    await pace('DescribeCustomKeyStores');
    offsetMs = -3_600_000;
    const startMs = clock.now();
    await clock.drive(pace('DescribeCustomKeyStores'));
    expect(clock.now() - startMs).toBe(second);
  });
});

describe('the last uses of many keys', () => {
  const keyIds = Array.from({ length: 200 }, (_, at) => `key-${at}`);

  it('are asked for until the time limit, and the rest is counted', async () => {
    const clock = createVirtualClock();
    const keys = createKeys(async () => ({ output: { TrackingStartDate: new Date(0) } }), clock);
    const startMs = clock.now();
    const { signal } = new AbortController();
    const found = await clock.drive(keys.findLastUses(keyIds, { limitMs: 10_000, signal }));

    expect(clock.now() - startMs).toBeLessThanOrEqual(11_000);
    expect(found.uses.size + found.notLookedUp).toBe(200);
    expect(found.uses.size).toBeGreaterThanOrEqual(40);
    expect([...found.uses.keys()]).toEqual(keyIds.slice(0, found.uses.size));
  });

  it('are given up early where KMS throttles, and the failure says so', async () => {
    const clock = createVirtualClock();
    const keys = createKeys(() => Promise.reject(sdkError('ThrottlingException')), clock);
    const { signal } = new AbortController();
    const found = await clock.drive(keys.findLastUses(keyIds, { limitMs: 60_000, signal }));

    expect(found.failures.every((failure) => failure.class === 'throttled')).toBe(true);
    expect(found.notLookedUp).toBe(196);
  });

  it('cause no warning about listeners, however many questions wait for one stop', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const clock = createVirtualClock();
    const { signal } = new AbortController();
    const throttled = createKeys(() => Promise.reject(sdkError('ThrottlingException')), clock);
    await clock.drive(Promise.all(keyIds.map((keyId) => throttled.requireRights(keyId, {}, signal))));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });
});
