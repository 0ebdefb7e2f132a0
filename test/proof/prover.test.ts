import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Canary, Preparation } from '../../src/domain/proof.ts';
import { createCanaryProver } from '../../src/proof/prover.ts';
import { newEndpoint, type ServedKeys, serveKeys } from '../support/keys.ts';

let served: ServedKeys;
let kept: readonly Canary[];

beforeEach(async () => {
  served = await serveKeys();
  kept = [];
});

afterEach(() => served.close());

function createProver() {
  const { keys, clock } = served;
  return createCanaryProver({
    keys,
    clock,
    random: () => 0,
    kept: { read: async () => kept, write: async () => undefined },
  });
}

/** Before the store moves to the new endpoint, unless another change is named. */
function prepare(
  id: string,
  policy: Partial<Policy> = {},
  { mayEncrypt = true, change = { XksProxyUriEndpoint: newEndpoint } as object } = {},
) {
  const terms = { runId: 'run-1', mayEncrypt, signal: new AbortController().signal };
  return createProver().prepare(served.see(id), served.plan(id, change, policy), {
    ...terms,
    policy: { ...defaultPolicy, ...policy },
  });
}

const tryKeys = (id: string, preparation: Preparation, sinceMs = served.now()) =>
  createProver().tryKeys(served.see(id), preparation, sinceMs);

const arnOf = (id: string) => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const names = ({ canaries }: Preparation) => canaries.map(({ keyId }) => keyId);

describe('canaries', () => {
  it('are of the newest key, the one used last, and one by chance, bound to their purpose', async () => {
    const { simulator, addExternal, now } = served;
    const id = addExternal();
    const [old, , used, , newest] = [5, 4, 3, 2, 1].map((age) =>
      simulator.addKey(id, { CreationDate: now() / 1_000 - age }),
    );
    simulator.addKey(id, { Enabled: false });
    simulator.call('Encrypt', { KeyId: used, Plaintext: 'AA==' });

    const prepared = await prepare(id);

    expect(names(prepared)).toHaveLength(3);
    expect(names(prepared).slice(0, 2)).toEqual([newest, used].map((key) => arnOf(key ?? '')));
    expect(names(prepared)).not.toContain(arnOf(old ?? ''));
    expect(prepared).toMatchObject({
      keys: 6,
      canaries: [
        { encryptionContext: { purpose: 'cks-safe-update canary', runId: 'run-1' }, encryptedAtMs: now() },
        {},
        {},
      ],
    });
    expect(prepared.detail).toBeUndefined();
    expect(await tryKeys(id, prepared)).toEqual({ passed: 3, unanswered: 0, lost: [] });
  });

  it.each<[string, (ids: readonly string[]) => readonly string[], readonly number[]]>([
    ['an id', ([first = '']) => [first], [0]],
    ['an ARN', ([, second = '']) => [arnOf(second)], [1]],
    ['an alias', () => ['alias/third'], [2]],
    ['the ARN of an alias', () => ['arn:aws:kms:us-east-1:111122223333:alias/third'], [2]],
    ['two names of one', ([, , third = '']) => ['alias/third', third], [2]],
    ['all', () => ['all'], [0, 1, 2]],
  ])('are of keys that are named, by %s', async (_, name, chosen) => {
    const { simulator, addExternal } = served;
    const id = addExternal();
    const ids = [{}, {}, { AliasName: 'alias/third' }].map((key) => simulator.addKey(id, key));

    expect(names(await prepare(id, { canaryKeys: name(ids) })).sort()).toEqual(
      chosen.map((at) => arnOf(ids[at] ?? '')).sort(),
    );
  });

  it('are missed by name where a key is none of the store, or cannot be used', async () => {
    const id = served.addExternal({ keys: 1 });
    expect(await prepare(id, { canaryKeys: ['alias/other'] })).toEqual({
      canaries: [],
      keys: 1,
      detail: 'alias/other is no Enabled key of the store',
    });
    served.simulator.failNext('Decrypt', 'AccessDeniedException');
    expect(await prepare(id)).toEqual({
      canaries: [],
      keys: 1,
      detail: expect.stringMatching(/^1 of 1 keys gave no canary: AccessDeniedException, /),
    });
    expect(served.simulator.calls.filter(({ operation }) => operation === 'Encrypt')).toHaveLength(1);
  });

  it.each<[string, Partial<Policy>, object, string]>([
    ['nobody wants one', { canaryKeys: ['none'] }, { XksProxyUriEndpoint: newEndpoint }, 'no canary was wanted'],
    ['the store is renamed', {}, { NewCustomKeyStoreName: 'other' }, 'the change touches no key'],
  ])('are none where %s', async (_, policy, change, detail) => {
    const id = served.addExternal({ keys: 1 });
    expect(await prepare(id, policy, { change })).toEqual({ canaries: [], keys: null, detail, isNeedless: true });
    expect(served.simulator.calls).toEqual([]);
  });

  it('are there for a rename too where a proof is required', async () => {
    const id = served.addExternal({ keys: 1 });
    expect(
      names(await prepare(id, { requireProof: true }, { change: { NewCustomKeyStoreName: 'other' } })),
    ).toHaveLength(1);
  });

  it('are not needed for a store without keys', async () => {
    expect(await prepare(served.addExternal())).toEqual({ canaries: [], keys: 0 });
  });

  it('are those that were kept where the old settings are not in force, or the store cannot be asked', async () => {
    const id = served.addExternal({ keys: 1 });
    const { canaries } = await prepare(id);
    const encrypted = served.count('Encrypt');
    const detail = 'the old settings are not in force, and no canaries were kept from when they were';

    expect(await prepare(id, {}, { mayEncrypt: false })).toEqual({ canaries: [], keys: 1, detail });
    kept = canaries;
    expect(await prepare(id, {}, { mayEncrypt: false })).toEqual({ canaries, keys: 1 });
    served.disconnect(id);
    served.wait(120_000);
    expect(await prepare(id, { finalState: 'connected' })).toEqual({ canaries, keys: 1 });
    expect(served.count('Encrypt')).toBe(encrypted);
  });

  it('say why there are none where keys may not be listed', async () => {
    const id = served.addExternal({ keys: 1 });
    served.simulator.failNext('ListKeys', 'AccessDeniedException');
    expect(await prepare(id)).toMatchObject({ canaries: [], keys: null, detail: /^its keys could not be listed/ });
  });

  it('say that no key can be used where KMS cannot reach what holds them, and not where it was something else', async () => {
    const id = served.addExternal({ keys: 2 });
    served.simulator.proxy(served.simulator.store(id).XksProxyConfiguration?.UriEndpoint ?? '').reachable = false;
    expect(await prepare(id)).toMatchObject({ canaries: [], keys: 2, keysFail: true, detail: /KMSInvalidState/ });
    served.simulator.failNext('Encrypt', 'AccessDeniedException');
    expect((await prepare(id)).keysFail).toBeUndefined();
  });
});

describe('a trial', () => {
  it('finds the keys that an external store lost, and which of them were used since', async () => {
    const { simulator, addExternal, move, now } = served;
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
    const id = addExternal({ keys: [{ AliasName: 'alias/busy' }, {}] });
    const prepared = await prepare(id);
    const sinceMs = now() + 1;
    expect(move(id, { XksProxyUriEndpoint: newEndpoint })).toBe('CONNECTED');
    simulator.call('Encrypt', { KeyId: 'alias/busy', Plaintext: 'AA==' });

    const trial = await tryKeys(id, prepared, sinceMs);

    expect(trial).toMatchObject({ passed: 0, unanswered: 0, lost: names(prepared) });
    const busy = (simulator.call('DescribeKey', { KeyId: 'alias/busy' }) as { KeyMetadata: { Arn: string } })
      .KeyMetadata;
    expect(trial.usedSince).toEqual([busy.Arn]);
  });

  it('finds the key that the new cluster of a CloudHSM store lacks', async () => {
    const { simulator, clusters, move, now } = served;
    const id = simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: clusters.first });
    const old = simulator.addKey(id, { CreationDate: now() / 1_000 - 2 });
    const young = simulator.addKey(id);
    const stale = simulator.addCluster({ restoredFrom: clusters.first, backupAtMs: now() - 1_000 });
    const prepared = await prepare(id, { canaryKeys: [old, young] }, { change: { CloudHsmClusterId: stale } });
    expect(move(id, { CloudHsmClusterId: stale })).toBe('CONNECTED');

    expect(await tryKeys(id, prepared)).toEqual({ passed: 1, unanswered: 0, lost: [arnOf(young)], usedSince: [] });
  });

  it.each(['AccessDeniedException', 'DisabledException', 'KMSInvalidStateException', 'NotFoundException'])(
    'says nothing of a key that answers %s',
    async (name) => {
      const id = served.addExternal({ keys: 1 });
      const prepared = await prepare(id);
      served.simulator.failNext('Decrypt', { name, message: 'not now' });

      expect(await tryKeys(id, prepared)).toEqual({
        passed: 0,
        unanswered: 1,
        lost: [],
        detail: `1 of 1 gave no answer: ${name}, not now`,
      });
    },
  );

  it('takes another plaintext for another key', async () => {
    const id = served.addExternal({ keys: 1 });
    const { canaries, keys } = await prepare(id);
    const others = canaries.map((canary) => ({ ...canary, sha256: '0'.repeat(64) }));
    expect(await tryKeys(id, { canaries: others, keys })).toMatchObject({ lost: names({ canaries, keys }) });
  });

  it('asks the cluster of a CloudHSM store for random bytes where there is no canary', async () => {
    const id = served.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const without = { canaries: [], keys: null, detail: 'no canary was wanted' };
    expect(await tryKeys(id, without)).toEqual({
      passed: 0,
      unanswered: 0,
      lost: [],
      detail: 'no canary was wanted; its cluster answers',
    });
    expect(await tryKeys(served.addExternal(), without)).toEqual({ passed: 0, unanswered: 0, lost: [] });
  });
});

it('feels whether keys work, and does not wait for one that gives no answer', async () => {
  const id = served.addExternal({ keys: 1 });
  const prepared = await prepare(id);
  const feel = () => createProver().feel(prepared);

  expect(await createProver().feel({ canaries: [], keys: 1 })).toBeNull();
  served.clock.sleep = () => new Promise(() => undefined);
  expect(await feel()).toBe(true);
  served.simulator.failNext('Decrypt', 'AccessDeniedException');
  expect(await feel()).toBeNull();
  served.disconnect(id);
  expect(await feel()).toBe(false);
  served.clock.sleep = async () => undefined;
  expect(await feel()).toBeNull();
});
