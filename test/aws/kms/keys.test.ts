import { beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../../src/aws/kms/keys.ts';
import { describeRequests } from '../../../src/aws/kms/logged-send.ts';
import type { Send } from '../../../src/aws/kms/send.ts';
import { type ServedKeys, serveKeys } from '../../support/keys-over-http.ts';
import { sdkError } from '../../support/scripted-send.ts';

let served: ServedKeys;

/** As KMS describes a key of the store cks-1. */
const describeKey = (KeyId: string) => ({
  KeyId,
  Arn: `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`,
  KeyState: 'Enabled',
  CustomKeyStoreId: 'cks-1',
  CreationDate: new Date(0),
});

beforeEach(async () => {
  served = await serveKeys();
});

describe('the keys of a store', () => {
  it('are listed with their states, and with the external keys that they stand for', async () => {
    const { keys, simulator, addExternal, now } = served;
    const id = addExternal({ keys: [{ XksKeyId: 'outside-1' }, { XksKeyId: 'outside-2', Enabled: false }] });
    simulator.addStore({ ConnectionState: 'CONNECTED', keys: 3 });
    const made = { createdAtMs: now(), keyId: expect.any(String), arn: expect.stringMatching(/^arn:aws:kms:.+:key\//) };

    expect(await keys.list(id)).toMatchObject({
      ok: true,
      calls: 6,
      value: {
        hidden: 0,
        keys: [
          { ...made, keyState: 'Enabled', xksKeyId: 'outside-1' },
          { ...made, keyState: 'Disabled', xksKeyId: 'outside-2' },
        ],
      },
    });
  });

  it('are listed once for all who ask within a minute, whichever store they ask about', async () => {
    const { keys, simulator, addExternal, wait, count } = served;
    const ids = [addExternal({ keys: 1 }), simulator.addStore({ ConnectionState: 'CONNECTED', keys: 2 })];
    const list = () => Promise.all(ids.map((id) => keys.list(id)));

    const [one, two] = await list();
    expect([one, two].map((reply) => reply?.ok && reply.value.keys.length)).toEqual([1, 2]);
    wait(59_000);
    await list();
    expect([count('ListKeys'), count('DescribeKey')]).toEqual([1, 3]);
    wait(1_000);
    await list();
    expect([count('ListKeys'), count('DescribeKey')]).toEqual([2, 6]);
  });

  it('are counted as hidden where they may not be described', async () => {
    const { keys, simulator, addExternal } = served;
    const id = addExternal({ keys: 3 });
    simulator.failNext('DescribeKey', 'AccessDeniedException', { times: 2 });

    expect(await keys.list(id)).toMatchObject({ ok: true, value: { hidden: 2, keys: [{}] } });
  });

  it('are asked for again after a listing that failed', async () => {
    const { keys, simulator, addExternal } = served;
    const id = addExternal({ keys: 1 });
    simulator.failNext('ListKeys', 'AccessDeniedException');

    expect(await keys.list(id)).toMatchObject({ ok: false, failure: { class: 'denied' } });
    expect(await keys.list(id)).toMatchObject({ ok: true });
  });

  it('are waited for no longer than until a stop', async () => {
    const id = served.addExternal({ keys: 1 });
    expect(await served.keys.list(id, AbortSignal.abort())).toMatchObject({
      ok: false,
      failure: { code: 'AbortError' },
    });
  });
});

describe('an answer of KMS that cks cannot read', () => {
  const { signal } = new AbortController();
  const unreadable = { ok: false, calls: 1, failure: { code: 'UNREADABLE_ANSWER', class: 'unclear' } };
  const answer = (output: Readonly<Record<string, unknown>>) => createKeys(async () => ({ output }), served.clock);
  const whole = describeKey('key-1');
  const without = (member: keyof typeof whole) => ({ KeyMetadata: { ...whole, [member]: undefined } });
  const noKeys: readonly [string, Readonly<Record<string, unknown>>][] = [
    ['{}', {}],
    ['KeyMetadata null', { KeyMetadata: null }],
    ['no Arn', without('Arn')],
    ['no KeyState', without('KeyState')],
    ['no CreationDate', without('CreationDate')],
  ];

  it.each(noKeys)('counts a key as hidden where DescribeKey answers with %s', async (_, described) => {
    const send: Send = async (operation, { KeyId }) => {
      if (operation === 'ListKeys')
        return { output: { Keys: [{ KeyId: 'key-1' }, { KeyId: 'key-2' }], Truncated: false } };
      return { output: KeyId === 'key-1' ? described : { KeyMetadata: describeKey('key-2') } };
    };
    const keys = createKeys(send, served.clock);

    const hidden = { ok: true, value: { hidden: 1, keys: [{ keyId: 'key-2' }] } };
    expect(await keys.list('cks-1')).toMatchObject(hidden);
    expect(await keys.listNew('cks-1')).toMatchObject({ ok: true, value: { hidden: 1, keys: [] } });
  });

  it.each(noKeys)(
    'fails to describe a key, and to find its store, where DescribeKey answers with %s',
    async (_, output) => {
      expect(await answer(output).describe('key-1')).toMatchObject(unreadable);
      expect(await answer(output).findStore('key-1')).toMatchObject(unreadable);
    },
  );

  it.each([
    ['no list', {}],
    ['null', { Keys: null, Aliases: null, Grants: null }],
    ['entries that are none', { Keys: [null], Aliases: [null], Grants: [null] }],
    ['Truncated without a NextMarker', { Keys: [], Aliases: [], Grants: [], Truncated: true }],
  ])('fails to list keys, aliases and grants where a page holds %s', async (_, output) => {
    const keys = answer(output);
    for (const reply of [await keys.list('cks-1'), await keys.listAliases(), await keys.listGrants('key-1')])
      expect(reply).toMatchObject(unreadable);
  });

  it('fails where Encrypt, Decrypt or GetKeyPolicy answer without what was asked for', async () => {
    const keys = answer({});
    expect(await keys.encrypt('key-1', new Uint8Array(1), {})).toMatchObject(unreadable);
    expect(await keys.decrypt('key-1', 'AQID', {})).toMatchObject(unreadable);
    expect(await keys.readPolicy('key-1')).toMatchObject(unreadable);
  });

  it('leaves the last use of that key alone unknown where GetKeyLastUsage answers with {} for it', async () => {
    const send: Send = async (_, { KeyId }) => ({
      output: KeyId === 'key-1' ? {} : { TrackingStartDate: new Date(0) },
    });
    const found = await createKeys(send, served.clock).findLastUses(['key-1', 'key-2'], { limitMs: 10_000, signal });

    expect([...found.uses.keys()]).toEqual(['key-2']);
    expect(found).toMatchObject({ failures: [unreadable.failure], notLookedUp: 0 });
  });
});

describe('a list of keys without an end', () => {
  it.each(['list', 'listAliases'] as const)('fails %s when KMS repeats a marker', async (verb) => {
    const send: Send = async () => ({ output: { Keys: [], Aliases: [], Truncated: true, NextMarker: 'again' } });
    const keys = createKeys(send, served.clock);

    expect(await (verb === 'list' ? keys.list('cks-1') : keys.listAliases())).toMatchObject({
      ok: false,
      calls: 2,
      failure: { code: 'ENDLESS_PAGES', class: 'refused' },
    });
  });
});

describe('two thousand keys', () => {
  it('take a page for each thousand and a call for each key, and never more than twenty at a time', async () => {
    let inFlight = 0;
    let most = 0;
    const sent: string[] = [];
    const send: Send = async (operation, { Marker, KeyId }) => {
      sent.push(operation);
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      if (operation === 'DescribeKey') return { output: { KeyMetadata: describeKey(String(KeyId)) } };
      const first = Number(Marker ?? 0);
      const Keys = Array.from({ length: 1_000 }, (_, at) => ({ KeyId: `key-${first + at}` }));
      return { output: { Keys, Truncated: first === 0, ...(first === 0 ? { NextMarker: '1000' } : {}) } };
    };

    const reply = await createKeys(send, served.clock).list('cks-1');

    expect(reply).toMatchObject({ ok: true, calls: 2_002, value: { hidden: 0 } });
    expect(reply.ok && reply.value.keys.length).toBe(2_000);
    expect([sent.length, most]).toEqual([2_002, 20]);
  });
});

describe('a key', () => {
  it('tells its last use that succeeded, none, or that the Region does not tell', async () => {
    const { keys, simulator, addExternal, now } = served;
    const id = simulator.addKey(addExternal());

    const { signal } = new AbortController();
    const find = (keyIds = [id]) => keys.findLastUses(keyIds, { limitMs: 10_000, signal });
    const trackedSinceMs = now();
    const none = new Map([[id, { atMs: null, trackedSinceMs }]]);
    expect(await find()).toEqual({ uses: none, failures: [], notLookedUp: 0 });
    await keys.encrypt(id, new Uint8Array(1), {});
    expect((await find()).uses).toEqual(new Map([[id, { atMs: now(), trackedSinceMs }]]));
    simulator.failNext('GetKeyLastUsage', 'UnknownOperationException', { times: 9 });
    const unsupported = await find(Array(9).fill(id));
    expect(unsupported).toMatchObject({ uses: new Map(), notLookedUp: 5 });
    expect(unsupported.failures[0]).toMatchObject({ code: 'UnknownOperationException' });
  });

  it('gives back what it encrypted, in its context alone', async () => {
    const { keys, simulator, addExternal } = served;
    const id = simulator.addKey(addExternal());
    const sealed = await keys.encrypt(id, Buffer.from('plain'), { purpose: 'test' });
    if (!sealed.ok) throw new Error(sealed.failure.message);

    const opened = await keys.decrypt(id, sealed.value, { purpose: 'test' });
    expect(opened.ok && Buffer.from(opened.value).toString()).toBe('plain');
    expect(await keys.decrypt(id, sealed.value, { purpose: 'other' })).toMatchObject({ ok: false });
  });

  it.each(['Encrypt', 'Decrypt'])('says before it is used that %s is not allowed', async (operation) => {
    const { keys, simulator, addExternal, count } = served;
    const id = simulator.addKey(addExternal());

    expect(await keys.requireRights(id, {})).toMatchObject({ ok: true });
    simulator.failNext(operation, 'AccessDeniedException');
    expect(await keys.requireRights(id, {})).toMatchObject({ ok: false, failure: { class: 'denied' } });
    expect(simulator.call('GetKeyLastUsage', { KeyId: id })).not.toHaveProperty('KeyLastUsage');
    expect(count('Encrypt')).toBe(2);
  });

  it('has its aliases', async () => {
    const { keys, addExternal } = served;
    addExternal({ keys: [{ AliasName: 'alias/ledger' }, {}] });

    expect(await keys.listAliases()).toMatchObject({ value: [{ name: 'alias/ledger', keyId: expect.any(String) }] });
  });
});

describe('a cluster', () => {
  it('is probed without a key', async () => {
    const { keys, simulator } = served;
    const id = simulator.addStore({ ConnectionState: 'CONNECTED' });
    const idle = simulator.addStore({ CloudHsmClusterId: served.clusters.unrelated });

    expect(await keys.probeCluster(id)).toMatchObject({ ok: true, value: null });
    expect(await keys.probeCluster(idle)).toMatchObject({ ok: false, failure: { class: 'invalidState' } });
  });
});

it('tells of requests without the bytes that they hold', async () => {
  const told: unknown[] = [];
  const send = describeRequests(
    async () => Promise.reject(sdkError('AccessDeniedException')),
    () => 0,
    ({ input }) => told.push(input),
  );
  await createKeys(send, served.clock).encrypt('key-1', Buffer.from('a plaintext'), { purpose: 'test' });

  expect(told).toEqual([{ KeyId: 'key-1', Plaintext: '(11 bytes)', EncryptionContext: { purpose: 'test' } }]);
});
