import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src/aws/kms/client.ts';
import {
  checkCanaries,
  createCanaries,
  createLogger,
  InvalidInputError,
  reconnectStore,
  resumeRun,
  type SafeUpdateOptions,
  UnfinishedRunError,
  updateStore,
} from '../../src/index.ts';
import { createScaledClock, createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { useFastTime } from '../support/fast-time.ts';
import { connectedExternal, newEndpoint, oldEndpoint } from '../support/stores.ts';

useFastTime();

// Fast enough that a transition is over at the first look; nothing here waits for the sake of waiting.
const timeScale = 20_000;

const closers: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
});

/** A simulator of its own for each test, so that they may run side by side: they mostly wait for the next look. */
async function open() {
  const simulator = createSimulator({ now: createScaledClock(timeScale), seed: 1 });
  const server = await serveSimulator(simulator);
  const stateDirectory = mkdtempSync(join(tmpdir(), 'cks-proof-'));
  closers.push(async () => {
    await server.close();
    rmSync(stateDirectory, { recursive: true });
  });
  const place = { endpoint: server.url, region: 'us-east-1', stateDirectory };
  const common: Omit<SafeUpdateOptions, 'customKeyStoreId'> = {
    ...place,
    accept: ['outage', 'unverified-keys', 'no-rollback'],
    // No proxy is served here, so they could not look.
    skipChecks: ['xks-proxy', 'external-keys', 'same-keys'],
  };
  return {
    simulator,
    stateDirectory,
    place,
    common,
    addExternal: (keys = 4) =>
      simulator.addStore({
        ...connectedExternal,
        XksProxyUriEndpoint: oldEndpoint,
        keys,
      }),
    count: (operation: string) => simulator.calls.filter((call) => call.operation === operation).length,
  };
}

const toNewEndpoint = { customKeyStoreId: 'xks', change: { XksProxyUriEndpoint: newEndpoint } };

describe.concurrent('a store that moves', () => {
  it('is proven, and says how long it was missed', async () => {
    const { addExternal, common } = await open();
    addExternal();
    const result = await updateStore({ ...common, ...toNewEndpoint });

    expect(result).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'verified', passed: 3, canaries: 3, keys: 4, outageMs: expect.any(Number) },
      calls: { UpdateCustomKeyStore: 1 },
    });
    expect(Object.keys(result.calls).filter((operation) => !operation.includes('CustomKeyStore'))).toEqual([]);
  });

  it('is rolled back from other key material, and says since when traffic met it', async () => {
    const { simulator, addExternal, common } = await open();
    addExternal();
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });

    const result = await updateStore({ ...common, ...toNewEndpoint });

    expect(result).toMatchObject({
      outcome: 'rolledBack',
      settings: 'old',
      reason: { code: 'KEY_MISMATCH', message: expect.stringMatching(/: 3 of 3 keys tried: /) },
      keyVerification: { status: 'verified', passed: 3, exposure: {} },
    });
    const { since, seenAt } = result.keyVerification.exposure ?? {};
    expect(Date.parse(since ?? '')).toBeLessThanOrEqual(Date.parse(seenAt ?? ''));
  });

  it('is left as it is, and needs somebody, where its new cluster lacks a key and the old one is lost', async () => {
    const { simulator, common } = await open();
    const cluster = simulator.describeWorld().clusters[0]?.clusterId ?? '';
    const backupAtMs = Date.now() - 60_000;
    simulator.addStore({
      CustomKeyStoreName: 'hsm',
      ConnectionState: 'CONNECTED',
      CloudHsmClusterId: cluster,
      keys: 2,
    });
    const stale = simulator.addCluster({ restoredFrom: cluster, backupAtMs });

    const move = { ...common, customKeyStoreId: 'hsm', change: { CloudHsmClusterId: stale } };
    const result = await updateStore({ ...move, accept: [...(common.accept ?? []), 'missing-keys'] });

    expect(result).toMatchObject({
      outcome: 'stranded',
      settings: 'new',
      after: { connectionState: 'CONNECTED' },
      keyVerification: { status: 'mismatch', canaries: 2, exposure: {} },
      reason: { remedy: expect.stringMatching(/Keep the new key manager until/) },
    });
  });

  it('is refused where a proof is required and cannot be had', async () => {
    const { simulator, addExternal, count, common } = await open();
    addExternal(1);
    simulator.failNext('Encrypt', 'AccessDeniedException', { times: 9 });

    const result = await updateStore({ ...common, ...toNewEndpoint, requireKeyVerification: true });

    expect(result).toMatchObject({
      outcome: 'refused',
      reason: { code: 'KEYS_NOT_VERIFIABLE', message: expect.stringMatching(/1 of 1 keys gave no canary/) },
      keyVerification: { status: 'unverified', isRequired: true },
    });
    expect(count('DisconnectCustomKeyStore')).toBe(1);
  });

  it('is tried again after a hold with the canaries from before', async () => {
    const { stateDirectory, addExternal, count, common } = await open();
    addExternal();
    const held = updateStore({ ...common, ...toNewEndpoint, holdOffline: true });
    const runId = await held.catch((error: unknown) => (error instanceof UnfinishedRunError ? error.runId : 'none'));
    const encrypted = count('Encrypt');

    const result = await resumeRun({ runId: String(runId), stateDirectory, isDone: true });

    expect(result).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'verified', passed: 3, canaries: 3 },
    });
    // The key test alone encrypts anew.
    expect(count('Encrypt')).toBe(encrypted + 3);
  });

  it('shows the plaintext of a canary nowhere', async () => {
    const { stateDirectory, place, addExternal, common } = await open();
    addExternal();
    let told = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        told += chunk;
        done();
      },
    });
    const observed: Buffer[] = [];
    const client = createClient({ region: 'us-east-1', endpoint: place.endpoint });
    const send = client.send.bind(client) as (command: { input: object }) => Promise<object>;
    client.send = (async (command: { input: { Plaintext?: Uint8Array } }) => {
      const { Plaintext } = command.input;
      if (Plaintext && Plaintext.length > 1) observed.push(Buffer.from(Plaintext));
      return send(command);
    }) as typeof client.send;

    const logger = createLogger({ level: 'trace' }, stream);
    const result = await updateStore({
      ...common,
      ...toNewEndpoint,
      client,
      logger,
      onProgress: (event) => (told += JSON.stringify(event)),
    });
    const runs = join(stateDirectory, 'runs');
    const journals = readdirSync(runs).map((name) => readFileSync(join(runs, name), 'utf8'));

    const written = [told, ...journals, JSON.stringify(result)].join('');
    expect(written).toContain('GetKeyLastUsage');
    // Three canaries, and three keys that are tested afterwards.
    expect(observed).toHaveLength(6);
    for (const plaintext of observed) {
      for (const form of ['base64', 'base64url', 'hex', 'latin1'] as const)
        expect(written).not.toContain(plaintext.toString(form));
      expect(written).not.toContain(JSON.stringify([...plaintext]));
      expect(written).not.toContain(JSON.stringify(new Uint8Array(plaintext)));
    }
  });
});

describe.concurrent('canaries that are kept', () => {
  it('prove a store that could not be asked before', async () => {
    const { simulator, addExternal, common, place } = await open();
    const id = addExternal(2);
    expect(await createCanaries({ ...place, customKeyStoreId: 'xks' })).toMatchObject({ canaries: 2, passed: 2 });
    simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: id });

    const result = await reconnectStore({ ...common, customKeyStoreId: 'xks' });

    expect(result).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'verified', passed: 2, canaries: 2, keys: 2 },
    });
    expect(result.keyVerification.outageMs).toBeUndefined();
  });

  it('are of those keys that were named, or of all, and none of another key is lost', async () => {
    const { simulator, addExternal, place, count } = await open();
    const id = addExternal(5);
    simulator.addKey(id, { AliasName: 'alias/ledger' });
    const named = { ...place, customKeyStoreId: id, canaryKeys: ['alias/ledger'] };
    expect(await createCanaries(named)).toMatchObject({ canaries: 1 });
    expect(await createCanaries({ ...place, customKeyStoreId: id })).toMatchObject({ canaries: 6 });
    const encrypted = count('Encrypt');
    expect(await createCanaries(named)).toMatchObject({ canaries: 6, passed: 6 });
    // DryRun, and the one that it made anew.
    expect(count('Encrypt')).toBe(encrypted + 2);
    expect(await checkCanaries({ ...place, customKeyStoreId: id })).toMatchObject({ canaries: 6, passed: 6, lost: [] });
  });

  it('are not made anew where that would hide that the key material is different, and only after a useless file was moved', async () => {
    const { simulator, addExternal, common, place, stateDirectory } = await open();
    const id = addExternal(2);
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
    const store = { ...place, customKeyStoreId: id };
    const folder = join(stateDirectory, 'canaries');
    await createCanaries(store);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{');
    await expect(createCanaries(store)).rejects.toThrow(InvalidInputError);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    expect(await createCanaries(store)).toMatchObject({ canaries: 2, passed: 2 });
    await updateStore({ ...common, ...toNewEndpoint, canaryKeys: ['none'] });

    const refused = await createCanaries(store);

    expect(refused).toMatchObject({ canaries: 0, reason: { code: 'CANARIES_LOST' } });
    expect(refused.lost).toHaveLength(2);
    expect(await checkCanaries(store)).toMatchObject({ canaries: 2, passed: 0 });
  });

  it('tell which keys do not decrypt', async () => {
    const { simulator, addExternal, common, place } = await open();
    const id = addExternal(2);
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
    await createCanaries({ ...place, customKeyStoreId: id });
    await updateStore({ ...common, ...toNewEndpoint, canaryKeys: ['none'] });

    const checked = await checkCanaries({ ...place, customKeyStoreId: id });
    expect(checked).toMatchObject({ canaries: 2, passed: 0 });
    expect(checked.lost).toHaveLength(2);
  });

  it('are missed where there are none, the store is gone, or it cannot be used', async () => {
    const { simulator, addExternal, place } = await open();
    const id = addExternal(1);
    const missing = { canaries: 0, passed: 0, lost: [] };
    expect(await checkCanaries({ ...place, customKeyStoreId: id })).toMatchObject({
      ...missing,
      reason: { code: 'NO_CANARIES' },
    });
    expect(await checkCanaries({ ...place, customKeyStoreId: 'other' })).toMatchObject({
      ...missing,
      store: null,
      reason: { code: 'STORE_NOT_FOUND' },
    });
    simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: id });
    expect(await createCanaries({ ...place, customKeyStoreId: id })).toMatchObject({
      ...missing,
      reason: { code: 'NO_CANARIES' },
    });
  });
});
