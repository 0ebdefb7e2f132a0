import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeysCheck } from '../../src/checks/keys.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { newEndpoint, type ServedKeys, serveKeys } from '../support/keys.ts';

let served: ServedKeys;

beforeEach(async () => {
  served = await serveKeys();
});

afterEach(() => served.close());

function observe(id: string, change = {}, policy: Partial<Policy> = {}) {
  const check = createKeysCheck(served.keys, served.clock);
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
      details: ['alias/ledger was used 31 min ago'],
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
        'no key is seen in it; 1 more of the account may not be described (kms:DescribeKey), and may be in it too',
    });
  });

  it('could not look where keys may not be listed', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 1 });
    simulator.failNext('ListKeys', 'AccessDeniedException');

    expect(await observe(id, {}, reconnect)).toEqual({
      status: 'unknown',
      message: expect.stringMatching(/^could not look \(kms:ListKeys, kms:DescribeKey\): /),
    });
  });

  it('asks few of many keys for their last use, and names few of those', async () => {
    const { simulator, addExternal, count } = served;
    const id = addExternal({ keys: 230 });
    for (const { KeyId } of (simulator.call('ListKeys', { Limit: 12 }) as { Keys: { KeyId: string }[] }).Keys)
      simulator.call('Encrypt', { KeyId, Plaintext: 'AA==' });

    const found = await observe(id, {}, reconnect);

    expect(count('GetKeyLastUsage')).toBe(200);
    expect(found?.details?.slice(10)).toEqual([
      '2 keys more used within the last hour',
      'only the newest 200 of 230 keys were asked for their last use',
    ]);
  });

  it('says of how many keys nobody knows the last use', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 2 });
    simulator.failNext('GetKeyLastUsage', 'AccessDeniedException', { times: 2 });

    expect((await observe(id, {}, reconnect))?.details).toEqual([
      'the last use of 2 keys is not known (kms:GetKeyLastUsage)',
    ]);
  });
});
