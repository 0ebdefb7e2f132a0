import { describe, expect, test } from 'vitest';
import { createScaledClock, createSimulator } from '../../src/simulator/index.ts';
import { enums } from '../../src/simulator/shapes.ts';
import { connectMs, disconnectMs, setStage } from './stage.ts';

describe('a connect that was ordered to fail', () => {
  test.each(enums.ConnectionErrorCodeType)('ends FAILED with %s', (code) => {
    const stage = setStage();
    const id = code.startsWith('XKS') ? stage.addExternal() : stage.simulator.addStore();
    stage.simulator.failNextConnect(id, code);

    expect(stage.connectAndWait(id)).toBe(code);
    expect(stage.simulator.store(id)).toMatchObject({ ConnectionState: 'FAILED', ConnectionErrorCode: code });
  });

  test('ends FAILED without a code, or with one that no API model has yet', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ ConnectionState: 'FAILED', ConnectionErrorCode: 'none' });
    expect(stage.describe().CustomKeyStores[0]).not.toHaveProperty('ConnectionErrorCode');
    stage.disconnectAndWait(id);
    stage.simulator.failNextConnect(id, 'none');
    expect(stage.connectAndWait(id)).toBe('FAILED');
    stage.disconnectAndWait(id);
    stage.simulator.failNextConnect(id, 'HSM_ON_FIRE');

    expect(stage.connectAndWait(id)).toBe('HSM_ON_FIRE');
  });

  test('fails as often as ordered, then connects', () => {
    const stage = setStage();
    const id = stage.simulator.addStore();
    stage.simulator.failNextConnect(id, 'NETWORK_ERRORS', { times: 2 });
    stage.simulator.failNextConnect(id, 'INTERNAL_ERROR');

    const ends = Array.from({ length: 4 }, () => {
      const end = stage.connectAndWait(id);
      stage.disconnectAndWait(id);
      return end;
    });

    expect(ends).toEqual(['NETWORK_ERRORS', 'NETWORK_ERRORS', 'INTERNAL_ERROR', 'CONNECTED']);
  });

  test('fails when ordered', () => {
    const stage = setStage();
    const id = stage.simulator.addStore();
    stage.simulator.failNextConnect(id, 'NETWORK_ERRORS', { connectMs: 5 });
    stage.connect(id);

    stage.wait(4);
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTING');
    stage.wait(1);
    expect(stage.simulator.store(id).ConnectionState).toBe('FAILED');
  });

  test('leaves other stores and refused calls alone', () => {
    const stage = setStage();
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const other = stage.addExternal();
    stage.simulator.failNextConnect(id, 'NETWORK_ERRORS');
    stage.connect(id);
    stage.disconnectAndWait(id);

    expect(stage.connectAndWait(other)).toBe('CONNECTED');
    expect(stage.connectAndWait(id)).toBe('NETWORK_ERRORS');
  });
});

describe('the clock', () => {
  test('lets a transition end however late and wherever somebody looks', () => {
    const stage = setStage();
    const { first, restored } = stage.clusters;
    const id = stage.simulator.addStore({ CloudHsmClusterId: first });
    stage.connect(id);
    stage.wait(connectMs + 1);
    const rotated = stage.simulator.cluster(first).kmsuser.password;

    expect(stage.simulator.cluster(restored).kmsuser.password).toBe(rotated);
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('lets the past happen before a test changes the world', () => {
    const stage = setStage();
    const id = stage.addExternal({ XksProxyUriEndpoint: 'https://proxy.example.com' });
    stage.simulator.addProxy({ endpoint: 'https://proxy.example.com' });
    const hsm = stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first });
    stage.connect(id);
    stage.connect(hsm);
    stage.wait(connectMs);
    stage.simulator.proxy('https://proxy.example.com').reachable = false;
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTED');

    stage.disconnectAndWait(hsm);
    stage.connect(hsm);
    stage.wait(connectMs);
    stage.simulator.cluster(stage.clusters.first).hsms = 0;
    expect(stage.simulator.store(hsm).ConnectionState).toBe('CONNECTED');
  });

  test('draws durations as long as AWS says, the same for the same seed', () => {
    const drawMinutes = (seed: number, CustomKeyStoreType: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE') => {
      let nowMs = 0;
      const simulator = createSimulator({ now: () => nowMs, seed });
      const id = simulator.addStore({ CustomKeyStoreType });
      const lasts = (operation: string) => {
        const startedAtMs = nowMs;
        simulator.call(operation, { CustomKeyStoreId: id });
        while (simulator.store(id).ConnectionState.endsWith('ING')) nowMs += 1000;
        return (nowMs - startedAtMs) / 60_000;
      };
      return Array.from({ length: 10 }, () => [lasts('ConnectCustomKeyStore'), lasts('DisconnectCustomKeyStore')]);
    };
    const within = (minutes: number[], shortest: number, longest: number) =>
      Math.min(...minutes) >= shortest && Math.max(...minutes) <= longest + 1 / 60;
    const cluster = drawMinutes(3, 'AWS_CLOUDHSM');

    expect(
      within(
        cluster.map(([connect = 0]) => connect),
        1,
        20,
      ),
    ).toBe(true);
    expect(
      within(
        cluster.map(([, disconnect = 0]) => disconnect),
        1,
        5,
      ),
    ).toBe(true);
    expect(within(drawMinutes(3, 'EXTERNAL_KEY_STORE').flat(), 4, 6)).toBe(true);
    expect(drawMinutes(3, 'AWS_CLOUDHSM')).toEqual(cluster);
    expect(drawMinutes(4, 'AWS_CLOUDHSM')).not.toEqual(cluster);
  });

  test('takes durations as numbers and as functions', () => {
    const stage = setStage({ durations: { connect: { EXTERNAL_KEY_STORE: (random) => 1000 + Math.floor(random) } } });
    const id = stage.addExternal();
    stage.connect(id);
    stage.wait(1000);

    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTED');
  });

  test('can run at another pace', () => {
    let nowMs = 5000;
    const clock = createScaledClock(60, () => nowMs);
    nowMs += 1000;

    expect(clock()).toBe(65_000);
  });
});

describe('a fresh simulator', () => {
  test('is the same for the same seed', () => {
    const worlds = [1, 1, 2].map((seed) => createSimulator({ seed, now: () => 0 }).describeWorld());

    expect(worlds[0]).toEqual(worlds[1]);
    expect(worlds[0]).not.toEqual(worlds[2]);
  });

  test('has two related clusters, an unrelated one, and no store', () => {
    const { clusters, stores, region, accountId } = createSimulator().describeWorld();

    expect(clusters.map(({ restoredFrom }) => restoredFrom)).toEqual([undefined, clusters[0]?.clusterId, undefined]);
    expect(clusters[1]?.kmsuserPassword).toBe(clusters[0]?.kmsuserPassword);
    expect(clusters[2]?.kmsuserPassword).not.toBe(clusters[0]?.kmsuserPassword);
    for (const { clusterId } of clusters) expect(clusterId).toMatch(/^cluster-[2-7a-zA-Z]{11,16}$/);
    expect({ stores, region, accountId }).toEqual({ stores: [], region: 'us-east-1', accountId: '111122223333' });
  });

  test('takes stores in every state, with ids and credentials that the model allows', () => {
    const stage = setStage();
    for (const ConnectionState of enums.ConnectionStateType) stage.addExternal({ ConnectionState });

    const shown = stage.describe().CustomKeyStores;
    expect(shown.map(({ ConnectionState }) => ConnectionState)).toEqual(enums.ConnectionStateType);
    expect(shown.map(({ ConnectionErrorCode }) => ConnectionErrorCode).filter(Boolean)).toEqual(['INTERNAL_ERROR']);
    for (const { CustomKeyStoreId, XksProxyConfiguration } of shown) {
      expect(CustomKeyStoreId).toMatch(/^cks-[0-9a-f]{17}$/);
      expect(XksProxyConfiguration?.AccessKeyId).toMatch(/^[A-Z2-7]{20}$/);
    }
    stage.wait(disconnectMs);
    expect(shown.map(({ CustomKeyStoreId: id }) => stage.simulator.store(id).ConnectionState)).toContain('CONNECTING');
  });

  test('starts in no impossible world', () => {
    const stage = setStage();
    stage.addExternal({ CustomKeyStoreName: 'one', XksProxyUriEndpoint: 'https://one.example.com' });
    stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first });

    expect(() => stage.addExternal({ CustomKeyStoreName: 'one' })).toThrow('already in use');
    expect(() => stage.addExternal({ XksProxyUriEndpoint: 'https://one.example.com' })).toThrow('uses this endpoint');
    expect(() => stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.restored })).toThrow(RangeError);
    expect(() => stage.simulator.addCluster({ restoredFrom: 'cluster-none' })).toThrow(RangeError);
    expect(() => stage.simulator.store('cks-none')).toThrow(RangeError);
  });
});
