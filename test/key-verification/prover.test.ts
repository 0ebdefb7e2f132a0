import { beforeEach, describe, expect, it } from 'vitest';
import type { Canary, Preparation } from '../../src/domain/key-verification.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import { KeptCanariesError } from '../../src/ports/key-verifier.ts';
import { type ServedKeys, serveKeys } from '../support/keys-over-http.ts';
import { newEndpoint, oldEndpoint } from '../support/stores.ts';

let served: ServedKeys;
let kept: readonly Canary[];

beforeEach(async () => {
  served = await serveKeys();
  kept = [];
});

function createKeyVerifier() {
  const { keys, clock } = served;
  return createCanaryVerifier({
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
  {
    mayEncrypt = true,
    change = { XksProxyUriEndpoint: newEndpoint } as object,
    earlier = [] as readonly Canary[],
  } = {},
) {
  const terms = { runId: 'run-1', mayEncrypt, earlier, signal: new AbortController().signal };
  return createKeyVerifier().prepare(served.see(id), served.plan(id, change, policy), {
    ...terms,
    policy: { ...defaultPolicy, ...policy },
  });
}

const tryKeys = (id: string, preparation: Preparation, sinceMs = served.now()) =>
  createKeyVerifier().tryKeys(served.see(id), preparation, sinceMs);

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
    expect(await tryKeys(id, prepared)).toEqual({
      passed: 3,
      unanswered: 0,
      lost: [],
      unusable: [],
      oldestPassedAtMs: now(),
    });
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
      chosen: [expect.any(String)],
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
      names(await prepare(id, { requireKeyVerification: true }, { change: { NewCustomKeyStoreName: 'other' } })),
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

    const chosen = names({ canaries, keys: 1 });
    expect(await prepare(id, {}, { mayEncrypt: false })).toEqual({ canaries: [], keys: 1, detail, chosen });
    kept = canaries;
    expect(await prepare(id, {}, { mayEncrypt: false })).toEqual({ canaries, keys: 1, chosen });
    served.disconnect(id);
    served.wait(120_000);
    expect(await prepare(id, { finalState: 'connected' })).toEqual({ canaries, keys: 1, chosen });
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

describe('canaries that were kept', () => {
  /** Another run keeps canaries of all keys, and a day goes by. */
  async function keep(id: string): Promise<readonly Canary[]> {
    const { canaries } = await prepare(id, { canaryKeys: ['all'] });
    kept = canaries;
    served.wait(24 * 3_600_000);
    return canaries;
  }

  it('are loaded beside the fresh ones, and decide with their age', async () => {
    const id = served.addExternal({ keys: 2 });
    const older = await keep(id);

    const prepared = await prepare(id);

    expect(prepared.canaries).toHaveLength(4);
    expect(prepared.canaries.slice(2)).toEqual(older);
    expect(prepared).toMatchObject({ keys: 2, chosen: names({ canaries: older, keys: 2 }) });
    expect(prepared.failedBefore).toBeUndefined();
    expect(await tryKeys(id, prepared)).toMatchObject({ passed: 2, oldestPassedAtMs: older[0]?.encryptedAtMs });
  });

  it('are the evidence where the proxy of a CONNECTED store is gone and no fresh one can be made', async () => {
    const id = served.addExternal({ keys: 1 });
    const older = await keep(id);
    served.simulator.proxy(oldEndpoint).reachable = false;

    const prepared = await prepare(id);

    expect(prepared).toMatchObject({
      canaries: older,
      keysFail: true,
      failedBefore: { lost: [], unusable: names({ canaries: older, keys: 1 }) },
      detail: expect.stringContaining('cannot communicate with the external key store proxy'),
    });
  });

  it('keep fresh ones from being made with other key material', async () => {
    const id = served.addExternal({ keys: 2 });
    const older = await keep(id);
    served.simulator.proxy(oldEndpoint).keyManager = 'another';
    const encrypted = served.count('Encrypt');

    const prepared = await prepare(id);

    expect(served.count('Encrypt')).toBe(encrypted);
    expect(prepared).toMatchObject({
      canaries: older,
      keysFail: true,
      failedBefore: { lost: expect.arrayContaining(names({ canaries: older, keys: 2 })), unusable: [] },
      detail: '2 kept canaries do not decrypt with the settings in force, so cks made no fresh ones',
    });
  });

  it('canaries that were kept of the run that is undone count as well', async () => {
    const id = served.addExternal({ keys: 1 });
    const { canaries: earlier } = await prepare(id);
    served.simulator.proxy(oldEndpoint).keyManager = 'another';

    expect(await prepare(id, {}, { earlier })).toMatchObject({
      canaries: earlier,
      failedBefore: { lost: names({ canaries: earlier, keys: 1 }) },
    });
  });

  it('canaries that were kept of keys that are disabled, or no longer there, are left out', async () => {
    const { simulator, addExternal } = served;
    const id = addExternal({ keys: 1 });
    const disabled = simulator.addKey(id, { AliasName: 'alias/disabled' });
    await keep(id);
    simulator.call('DisableKey', { KeyId: disabled });
    kept = [...kept, ...kept.slice(0, 1).map((canary) => ({ ...canary, keyId: arnOf('gone'), ciphertext: 'AA==' }))];

    const prepared = await prepare(id);

    expect(new Set(names(prepared)).size).toBe(1);
    expect(names(prepared)).not.toContain(arnOf(disabled));
  });

  it('do not hinder fresh ones if their file cannot be used', async () => {
    const { keys, clock, plan, see } = served;
    const id = served.addExternal({ keys: 1 });
    const read = async () => {
      throw new KeptCanariesError('file.json holds no canaries');
    };
    const keyVerifier = createCanaryVerifier({
      keys,
      clock,
      random: () => 0,
      kept: { read, write: async () => undefined },
    });
    const terms = { runId: 'run-1', mayEncrypt: true, earlier: [], signal: new AbortController().signal };

    const prepared = await keyVerifier.prepare(see(id), plan(id, { XksProxyUriEndpoint: newEndpoint }), {
      ...terms,
      policy: defaultPolicy,
    });

    expect(prepared.canaries).toHaveLength(1);
    expect(prepared.detail).toBe('file.json holds no canaries');
  });
});

describe('a key test', () => {
  const useKeys = (preparation: Preparation) => createKeyVerifier().useKeys(preparation);

  it('encrypts and decrypts anew with the keys that were chosen', async () => {
    const id = served.addExternal({ keys: 2 });
    const prepared = await prepare(id);
    const encrypted = served.count('Encrypt');

    expect(await useKeys(prepared)).toEqual({
      keys: prepared.chosen,
      passed: 2,
      unanswered: 0,
      unusable: [],
    });
    expect(served.count('Encrypt')).toBe(encrypted + 2);
  });

  it('tests keys that could not give a canary before', async () => {
    const id = served.addExternal({ keys: 1 });
    served.simulator.proxy(oldEndpoint).reachable = false;
    const prepared = await prepare(id);
    served.simulator.proxy(oldEndpoint).reachable = true;

    expect(prepared.canaries).toEqual([]);
    expect(await useKeys(prepared)).toMatchObject({ passed: 1, unusable: [] });
  });

  it('tells what KMS cannot use from what we may not do', async () => {
    const id = served.addExternal({ keys: 2 });
    const prepared = await prepare(id);
    served.simulator.failNext('Encrypt', 'AccessDeniedException');
    served.simulator.failNext('Encrypt', { name: 'KMSInvalidStateException', message: 'the proxy denied access' });

    expect(await useKeys(prepared)).toMatchObject({
      passed: 0,
      unanswered: 1,
      unusable: [expect.any(String)],
      detail: '2 of 2 do not work: KMSInvalidStateException, the proxy denied access',
    });
  });

  it('uses no key where nobody wants one', async () => {
    const id = served.addExternal({ keys: 1 });
    const prepared = await prepare(id, { canaryKeys: ['none'] });
    expect(await useKeys(prepared)).toEqual({ keys: [], passed: 0, unanswered: 0, unusable: [] });
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

    const canaryRound = await tryKeys(id, prepared, sinceMs);

    expect(canaryRound).toMatchObject({ passed: 0, unanswered: 0, lost: names(prepared) });
    const busy = (simulator.call('DescribeKey', { KeyId: 'alias/busy' }) as { KeyMetadata: { Arn: string } })
      .KeyMetadata;
    expect(canaryRound.usedSince).toEqual([busy.Arn]);
  });

  it('finds the key that the new cluster of a CloudHSM store lacks', async () => {
    const { simulator, clusters, move, now } = served;
    const id = simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: clusters.first });
    const old = simulator.addKey(id, { CreationDate: now() / 1_000 - 2 });
    const young = simulator.addKey(id);
    const stale = simulator.addCluster({ restoredFrom: clusters.first, backupAtMs: now() - 1_000 });
    const prepared = await prepare(id, { canaryKeys: [old, young] }, { change: { CloudHsmClusterId: stale } });
    expect(move(id, { CloudHsmClusterId: stale })).toBe('CONNECTED');

    expect(await tryKeys(id, prepared)).toMatchObject({
      passed: 1,
      unanswered: 0,
      lost: [arnOf(young)],
      unusable: [],
      usedSince: [],
    });
  });

  it.each(['AccessDeniedException', 'DisabledException', 'NotFoundException'])(
    'says nothing of a key that answers %s',
    async (name) => {
      const id = served.addExternal({ keys: 1 });
      const prepared = await prepare(id);
      served.simulator.failNext('Decrypt', { name, message: 'not now' });

      expect(await tryKeys(id, prepared)).toEqual({
        passed: 0,
        unanswered: 1,
        lost: [],
        unusable: [],
        detail: `1 of 1 did not decrypt: ${name}, not now`,
      });
    },
  );

  it('finds the keys that the proxy denies', async () => {
    const id = served.addExternal({ keys: 2 });
    const prepared = await prepare(id, { canaryKeys: ['all'] });
    const message = 'The external key store proxy denied access to the operation.';
    served.simulator.failNext('Decrypt', { name: 'KMSInvalidStateException', message }, { times: 2 });

    expect(await tryKeys(id, prepared)).toEqual({
      passed: 0,
      unanswered: 0,
      lost: [],
      unusable: names(prepared),
      detail: `2 of 2 did not decrypt: KMSInvalidStateException, ${message}`,
    });
  });

  it('counts a key with several canaries once, by the worst of them', async () => {
    const id = served.addExternal({ keys: 1 });
    const { canaries, keys } = await prepare(id);
    const [canary] = canaries;
    if (canary === undefined) throw new Error('no canary');
    const spoilt = { ...canary, sha256: '0'.repeat(64) };
    expect(await tryKeys(id, { canaries: [canary, canary], keys })).toMatchObject({ passed: 1, lost: [] });
    expect(await tryKeys(id, { canaries: [canary, spoilt], keys })).toMatchObject({ passed: 0, lost: [canary.keyId] });
  });

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
      unusable: [],
      detail: 'no canary was wanted; its cluster answers',
    });
    expect(await tryKeys(served.addExternal(), without)).toEqual({ passed: 0, unanswered: 0, lost: [], unusable: [] });
  });
});

it('feels whether keys work, and does not wait for one that gives no answer', async () => {
  const id = served.addExternal({ keys: 1 });
  const prepared = await prepare(id);
  const feel = () => createKeyVerifier().feel(prepared);

  expect(await createKeyVerifier().feel({ canaries: [], keys: 1 })).toBeNull();
  served.clock.sleep = () => new Promise(() => undefined);
  expect(await feel()).toBe(true);
  served.simulator.failNext('Decrypt', 'AccessDeniedException');
  expect(await feel()).toBeNull();
  served.disconnect(id);
  expect(await feel()).toBe(false);
  served.clock.sleep = async () => undefined;
  expect(await feel()).toBeNull();
});
