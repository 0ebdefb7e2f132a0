/** A quiet moment before an outage: refused, or waited for inside the window. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { createQuietCheck } from '../../src/checks/quiet.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Keys } from '../../src/ports/keys.ts';
import { type ServedKeys, serveKeys } from '../support/keys-over-http.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const reconnect = { intent: 'reconnect' } as const;

let served: ServedKeys;

beforeEach(async () => {
  served = await serveKeys();
});

function check(
  id: string,
  {
    window,
    mayWait = true,
    policy = reconnect,
    keys = served.keys,
  }: { window?: Policy['window']; mayWait?: boolean; policy?: object; keys?: Keys } = {},
) {
  const { see, plan, now } = served;
  const slept: number[] = [];
  const clock = {
    now,
    sleep: async (ms: number) => {
      slept.push(ms);
      served.wait(ms);
    },
  };
  const terms = { minQuietMs: 5 * minuteMs, ...(window ? { window } : {}) };
  const found = createQuietCheck({ ...served, keys, clock }, terms, mayWait).run(
    see(id),
    plan(id, {}, policy),
    new AbortController().signal,
  );
  return { found, slept };
}

/** The keys of the simulator, with this answer of KMS to each GetKeyLastUsage. */
function answerLastUse(answer: () => Readonly<Record<string, unknown>>): Keys {
  const asked = createKeys(async () => ({ output: answer() }), served.clock);
  return { ...served.keys, findLastUses: asked.findLastUses };
}

const use = (KeyId: string) => void served.simulator.call('Encrypt', { KeyId, Plaintext: 'AA==' });

const addStore = () =>
  served.simulator.addStore({ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/pay' }, {}] });

const openFor = (minutes: number, inMinutes = 0): NonNullable<Policy['window']> => {
  const opensAtMs = served.now() + inMinutes * minuteMs;
  return { text: 'a window', opensAtMs, closesAtMs: opensAtMs + minutes * minuteMs };
};

describe('a quiet moment', () => {
  it('is when no key was used for that long', async () => {
    const id = addStore();
    use('alias/pay');
    served.wait(5 * minuteMs);

    expect(await check(id).found).toEqual({ status: 'passed', message: 'no key was used for 5 min' });
  });

  it('is not known where a key may not be described, which may be in the store and in use', async () => {
    const id = addStore();
    served.wait(5 * minuteMs);
    served.simulator.failNext('DescribeKey', 'AccessDeniedException');

    expect(await check(id).found).toEqual({
      status: 'unknown',
      message: expect.stringContaining('no key was used for 5 min; 1 more of the account could not be described'),
    });
  });

  it('is no matter of the canary key, which no application uses', async () => {
    const id = addStore();
    served.wait(5 * minuteMs);
    use(served.simulator.addKey(id, { AliasName: `alias/cks-canary-${id}` }));

    expect(await check(id).found).toMatchObject({ status: 'passed' });
  });

  it('is not while a key was used more recently, which refuses the run', async () => {
    const id = addStore();
    use('alias/pay');
    served.wait(90_000);

    expect(await check(id).found).toEqual({
      status: 'failed',
      message: 'alias/pay was used 1 min 30 s ago, and the update needs 5 min without a use (--min-quiet)',
    });
  });

  it('is waited for inside the window of a run, however often a key is used meanwhile', async () => {
    const id = addStore();
    use('alias/pay');
    const { simulator } = served;
    simulator.addExternalActor({ moment: { atMs: 2 * minuteMs }, act: () => use('alias/pay') });
    const { found, slept } = check(id, { window: openFor(240) });

    expect(await found).toMatchObject({ status: 'passed' });
    expect(slept).toEqual([5 * minuteMs, 2 * minuteMs]);
  });

  it('is not waited for where the run would then not finish within the window, or outside of a run', async () => {
    const id = addStore();
    use('alias/pay');

    expect(await check(id, { window: openFor(20) }).found).toMatchObject({ status: 'failed' });
    expect(await check(id, { window: openFor(240), mayWait: false }).found).toMatchObject({ status: 'failed' });
    expect(served.now()).toBeLessThan(Date.UTC(2100, 0, 1));
  });

  it('is looked for once the window has opened, and never for a change without an outage', async () => {
    const id = addStore();
    use('alias/pay');

    expect(await check(id, { window: openFor(240, 60) }).found).toBeNull();
    served.simulator.moveStore(id, 'DISCONNECTED');
    expect(await check(id).found).toBeNull();
  });

  it('is unknown where the last use of a key is not known', async () => {
    const id = addStore();
    for (const operation of ['GetKeyLastUsage', 'GetMetricData'])
      served.simulator.failNext(operation, 'AccessDeniedException', { times: 2 });

    expect(await check(id).found).toEqual({
      status: 'unknown',
      message: 'the last use of 2 of 2 keys is not known: kms:GetKeyLastUsage is not allowed',
    });
  });

  const trackedSince = (msAgo: number) => new Date(served.now() - msAgo);
  it.each<[string, () => Readonly<Record<string, unknown>>, string]>([
    ['says nothing', () => ({}), 'the answer holds no KeyLastUsage and no TrackingStartDate'],
    [
      'shows a use without its instant',
      () => ({ KeyLastUsage: { Operation: 'Decrypt' }, TrackingStartDate: trackedSince(hourMs) }),
      'the answer holds no Timestamp of the last use',
    ],
    [
      'began to record uses only 2 min ago',
      () => ({ TrackingStartDate: trackedSince(2 * minuteMs) }),
      'KMS began to record their uses less than 5 min ago',
    ],
  ])('is unknown where GetKeyLastUsage %s', async (_, answer, why) => {
    const id = addStore();
    served.wait(24 * hourMs);
    const found = await check(id, { keys: answerLastUse(answer) }).found;

    expect(found?.status).toBe('unknown');
    expect(found?.message).toContain(`the last use of 2 of 2 keys is not known: ${why}`);
  });

  it('is known of a key that is younger than the quiet time, since KMS records its uses', async () => {
    const id = addStore();
    const TrackingStartDate = new Date(served.now());
    served.wait(minuteMs);

    expect(await check(id, { keys: answerLastUse(() => ({ TrackingStartDate })) }).found).toMatchObject({
      status: 'passed',
    });
  });

  it('is not where only CloudWatch shows a use, and unknown where it shows none', async () => {
    const id = addStore();
    use('alias/pay');
    served.wait(minuteMs);
    served.simulator.failNext('GetKeyLastUsage', 'AccessDeniedException', { times: 4 });

    expect(await check(id).found).toMatchObject({ status: 'failed' });
    served.wait(10 * minuteMs);
    expect(await check(id).found).toEqual({
      status: 'unknown',
      message:
        'the last use of 2 of 2 keys is not known: kms:GetKeyLastUsage is not allowed. CloudWatch shows no recent use of them, but shows uses minutes late',
    });
  });
});
