import { beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { createKeysCheck } from '../../src/checks/keys.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { type ServedKeys, serveKeys } from '../support/keys-over-http.ts';
import { newEndpoint } from '../support/stores.ts';

let served: ServedKeys;

beforeEach(async () => {
  served = await serveKeys();
});

function observe(id: string, change = {}, policy: Partial<Policy> = {}) {
  const check = createKeysCheck(served);
  return check.run(served.see(id), served.plan(id, change, policy), new AbortController().signal);
}

const reconnect = { intent: 'reconnect' } as const;
const ledgers = [{ AliasName: 'alias/ledger' }, { AliasName: 'alias/archive' }, { Enabled: false }];

describe('the blast radius', () => {
  it('is how many keys cannot be used, in which states, for how long, and who used them last', async () => {
    const { simulator, wait } = served;
    const id = simulator.addStore({ ConnectionState: 'CONNECTED', keys: ledgers });
    for (const KeyId of ['alias/archive', 'alias/ledger']) {
      simulator.call('Encrypt', { KeyId, Plaintext: 'AA==' });
      wait(31 * 60_000);
    }

    expect(await observe(id, {}, reconnect)).toEqual({
      status: 'passed',
      message:
        '3 keys (2 Enabled, 1 Disabled) cannot be used while it is offline: usually a few minutes to disconnect, up to 20 minutes to connect',
      details: [
        '1 request in the last hour (with those of cks), all of them with alias/ledger',
        'alias/ledger was used 31 min ago',
      ],
      summary: '3 keys; 1 request in the last hour (with those of cks), all of them with alias/ledger',
    });
  });

  it.each([
    [
      'a move to another place offline',
      { XksProxyUriEndpoint: newEndpoint },
      {},
      /^1 key cannot be used while it is offline: usually about 5 minutes to disconnect/,
    ],
    ['a disconnect', {}, { finalState: 'disconnected' }, /cannot be used until the store is connected again$/],
    [
      'another path, live',
      { XksProxyUriPath: '/new/kms/xks/v1' },
      {},
      /^1 key in use throughout, unless KMS wants it offline: /,
    ],
  ] as const)('is told for %s', async (_, change, policy, message) => {
    const id = served.addExternal({ keys: 1 });
    expect((await observe(id, change, policy))?.message).toMatch(message);
  });

  it('is none for a rename that KMS takes live', async () => {
    expect(await observe(served.addExternal({ keys: 1 }), { NewCustomKeyStoreName: 'other' })).toBeNull();
    expect(served.simulator.calls).toEqual([]);
  });

  it('says that keys of a store that is FAILED are dead already', async () => {
    const id = served.addExternal({ keys: 1, ConnectionState: 'FAILED' });
    expect(await observe(id, {}, reconnect)).toEqual({
      status: 'passed',
      message: '1 key (1 Unavailable) cannot be used now, nor until the store is CONNECTED',
      details: ['none of 1 key was used within the last hour'],
      summary: '1 key; not used within the last hour',
    });
  });

  it('proves the keys of a store that holds none', async () => {
    const id = served.addExternal();
    const none = { status: 'passed', message: 'the store holds no KMS key', verifiesKeys: true };
    expect(await observe(id, { XksProxyUriEndpoint: newEndpoint })).toEqual(none);
  });

  it('proves nothing where a key may be hidden', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 1 });
    simulator.failNext('DescribeKey', 'AccessDeniedException');

    expect(await observe(id, {}, reconnect)).toEqual({
      status: 'unknown',
      message:
        '0 keys found in it; 1 more of the account could not be described (kms:DescribeKey), and may be in it too',
    });
  });

  it('could not look where keys may not be listed', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 1 });
    simulator.failNext('ListKeys', 'AccessDeniedException');

    expect(await observe(id, {}, reconnect)).toEqual({
      status: 'unknown',
      message: expect.stringMatching(/^could not run \(kms:ListKeys, kms:DescribeKey\): /),
    });
  });

  const useFirst = (keys: number) => {
    const { simulator } = served;
    const { Keys } = simulator.call('ListKeys', { Limit: keys }) as { readonly Keys: readonly { KeyId: string }[] };
    for (const { KeyId } of Keys) simulator.call('Encrypt', { KeyId, Plaintext: 'AA==' });
  };

  it('asks CloudWatch once for the last use of 230 keys, and names few of them', async () => {
    const { addExternal, count, wait } = served;
    const id = addExternal({ keys: 230 });
    useFirst(12);
    wait(5 * 60_000);

    const found = await observe(id, {}, reconnect);

    expect([count('GetMetricData'), count('GetKeyLastUsage')]).toEqual([1, 0]);
    expect(found?.summary).toMatch(/^230 keys; 12 requests in the last hour \(with those of cks\), most of them with /);
    expect(found?.details?.[1]).toMatch(/ was used [45] min ago$/);
    expect(found?.details?.slice(11)).toEqual(['2 keys more used within the last hour']);
  });

  it('says how long the last use of 200 keys takes without CloudWatch, and stops after 30 s', async () => {
    const { addExternal, count, simulator, now } = served;
    const id = addExternal({ keys: 200 });
    simulator.failNext('GetMetricData', 'AccessDeniedException');
    const startedAtMs = now();

    const found = await observe(id, {}, reconnect);

    const asked = count('GetKeyLastUsage');
    expect(now() - startedAtMs).toBeLessThan(32_000);
    expect(asked / 30).toBeLessThan(4.2);
    expect(found?.details).toEqual([
      `none of ${asked} keys was used within the last hour`,
      `last use of ${200 - asked} keys not looked up: KMS allows 5 such requests per second, so 200 keys take 50 s, and cks stops after 30 s`,
      expect.stringMatching(
        /^CloudWatch, which can answer for all keys at once, gave no answer \(cloudwatch:GetMetricData\): ./,
      ),
    ]);
  });

  it('believes CloudWatch that no key was used within the hour where it has older data', async () => {
    const { addExternal, count, wait } = served;
    const id = addExternal({ keys: 21 });
    useFirst(1);
    wait(26 * 3_600_000);

    expect((await observe(id, {}, reconnect))?.details).toEqual(['none of 21 keys was used within the last hour']);
    expect([count('GetMetricData'), count('GetKeyLastUsage')]).toEqual([2, 0]);
  });

  it('does not believe CloudWatch that no key was used where it has no data at all', async () => {
    const { addExternal, count } = served;
    const id = addExternal({ keys: 21 });

    expect((await observe(id, {}, reconnect))?.details).toEqual(['none of 21 keys was used within the last hour']);
    expect([count('GetMetricData'), count('GetKeyLastUsage')]).toEqual([2, 21]);
  });

  it('asks for the last use of keys that can be used first, the newest before the others', async () => {
    const { simulator, wait } = served;
    const id = simulator.addStore({ ConnectionState: 'CONNECTED' });
    const [oldest, disabled, newest] = [{}, { Enabled: false }, {}].map((key) => {
      wait(1_000);
      return simulator.addKey(id, key);
    });
    await observe(id, {}, reconnect);
    const asked = simulator.calls.flatMap(({ operation, input }) =>
      operation === 'GetKeyLastUsage' ? [String((input as { readonly KeyId: string }).KeyId).split('/')[1]] : [],
    );
    expect(asked).toEqual([newest, oldest, disabled]);
  });

  it('names the missing right where the last use of keys is denied', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 2 });
    simulator.failNext('GetKeyLastUsage', 'AccessDeniedException', { times: 2 });

    expect((await observe(id, {}, reconnect))?.details).toEqual([
      'the last use of 2 keys is not known (kms:GetKeyLastUsage is not allowed)',
    ]);
  });

  it('does not call a key unused whose uses KMS began to record within the last hour', async () => {
    const { addExternal, clock, keys, metrics, now, plan, see, wait } = served;
    const id = addExternal({ keys: 2 });
    wait(24 * 3_600_000);
    const answer = { TrackingStartDate: new Date(now() - 60_000) };
    const { findLastUses } = createKeys(async () => ({ output: answer }), clock);
    const check = createKeysCheck({ keys: { ...keys, findLastUses }, metrics, clock });

    const found = await check.run(see(id), plan(id, {}, reconnect), new AbortController().signal);
    expect(found?.details).toEqual([
      'the last use of 2 keys is not known (KMS began to record it within the last hour)',
    ]);
  });

  it('never takes a throttle for a missing right, and asks no further', async () => {
    const { keys, addExternal, plan, see, metrics, clock } = served;
    const id = addExternal({ keys: 12 });
    const throttled = { code: 'ThrottlingException', message: 'Rate exceeded', class: 'throttled' } as const;
    const findLastUses = async (keyIds: readonly string[]) => ({
      uses: new Map(),
      failures: [throttled],
      notLookedUp: keyIds.length - 1,
    });

    const check = createKeysCheck({ keys: { ...keys, findLastUses }, metrics, clock });
    const found = await check.run(see(id), plan(id, {}, reconnect), new AbortController().signal);
    expect(found?.details).toEqual([
      'the last use of 1 key is not known (Rate exceeded)',
      'last use of 11 keys not looked up',
    ]);
  });
});
