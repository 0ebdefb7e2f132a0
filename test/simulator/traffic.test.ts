import { describe, expect, test } from 'vitest';
import { createScenarioSimulator, type TrafficOrder } from '../../src/simulator/index.ts';
import { connectMs, disconnectMs, setStage } from './stage.ts';

const oldEndpoint = 'https://old.example.com';
const newEndpoint = 'https://new.example.com';

function setTrafficStage(operation: TrafficOrder['operation']) {
  const stage = setStage();
  const id = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: oldEndpoint });
  const KeyId = stage.simulator.addKey(id, { AliasName: 'alias/ledger' });
  const beganAtMs = stage.now();
  stage.simulator.orderTraffic({ key: 'alias/ledger', operation, everyMs: 10_000 });
  /** Seconds since the traffic began. */
  const lastUse = (): number | undefined => {
    const { KeyLastUsage } = stage.simulator.call('GetKeyLastUsage', { KeyId }) as {
      KeyLastUsage?: { Timestamp: number; Operation: string };
    };
    if (KeyLastUsage) expect(KeyLastUsage.Operation).toBe(operation);
    return KeyLastUsage && KeyLastUsage.Timestamp - beganAtMs / 1000;
  };
  return { ...stage, id, lastUse };
}

describe('traffic', () => {
  test('uses a key at its pace, and is not on the record of calls', () => {
    const { wait, lastUse, simulator } = setTrafficStage('GenerateDataKey');
    expect(lastUse()).toBeUndefined();
    wait(10_000);
    expect(lastUse()).toBe(10);
    wait(3_599_000);
    expect(lastUse()).toBe(3_600);
    expect(simulator.calls.map(({ operation }) => operation)).toEqual(Array(3).fill('GetKeyLastUsage'));
  });

  test.each(['Encrypt', 'Decrypt'] as const)(
    'of %s stops while the store is offline, and goes on afterwards',
    (operation) => {
      const { wait, lastUse, disconnect, connect, id } = setTrafficStage(operation);
      wait(25_000);
      disconnect(id);
      wait(disconnectMs);
      expect(lastUse()).toBe(20);
      connect(id);
      wait(connectMs + 10_000);
      expect(lastUse()).toBe(450);
    },
  );

  test('goes on encrypting under wrong keys, and fails to decrypt what was before', () => {
    const exposed = (operation: TrafficOrder['operation']) => {
      const { wait, lastUse, disconnect, update, connect, id, simulator } = setTrafficStage(operation);
      wait(10_000);
      disconnect(id);
      wait(disconnectMs);
      simulator.addProxy({ endpoint: newEndpoint, keyManager: 'wrong' });
      update(id, { XksProxyUriEndpoint: newEndpoint });
      connect(id);
      wait(connectMs + 60_000);
      return lastUse();
    };

    expect(exposed('Encrypt')).toBe(490);
    expect(exposed('Decrypt')).toBe(10);
  });

  test('keeps what was encrypted, with whether that was under the original key material', () => {
    const { wait, disconnect, update, connect, id, simulator } = setTrafficStage('Encrypt');
    wait(20_000);
    disconnect(id);
    wait(disconnectMs);
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'wrong' });
    update(id, { XksProxyUriEndpoint: newEndpoint });
    connect(id);
    wait(connectMs + 20_000);
    const [before, under] = [simulator.written.slice(0, 2), simulator.written.slice(2)];

    expect(before.map(({ hasOriginalMaterial }) => hasOriginalMaterial)).toEqual([true, true]);
    expect(under.length).toBeGreaterThan(0);
    expect(new Set(under.map(({ hasOriginalMaterial }) => hasOriginalMaterial))).toEqual(new Set([false]));
    const opens = ({ ciphertext: CiphertextBlob }: { ciphertext: string }) =>
      simulator.receive('Decrypt', { CiphertextBlob }).output !== undefined;
    expect([before.some(opens), under.every(opens)]).toEqual([false, true]);
  });

  test('of a CloudHSM store has other material in an unrelated cluster alone', () => {
    const { simulator, clusters, wait } = setStage();
    const id = simulator.addStore({ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/ledger' }] });
    simulator.orderTraffic({ key: 'alias/ledger', operation: 'Encrypt', everyMs: 1_000, principal: 'role/ledger' });
    wait(1_000);
    simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: id });
    wait(disconnectMs);
    simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, CloudHsmClusterId: clusters.restored });
    simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    wait(connectMs + 1_000);

    expect(simulator.written.length).toBeGreaterThan(1);
    expect(simulator.written.every(({ hasOriginalMaterial }) => hasOriginalMaterial)).toBe(true);
    expect(simulator.written[0]).toMatchObject({ principal: 'role/ledger' });
  });

  test('of a machine that slept for years is caught up with by its latest uses', () => {
    const { wait, lastUse, simulator } = setTrafficStage('GenerateDataKey');
    wait(10 * 366 * 86_400_000);

    expect(lastUse()).toBe(10 * 366 * 86_400);
    expect(simulator.written.length).toBeLessThanOrEqual(2_000);
  });

  test('is ordered by a scenario', () => {
    const traffic = [{ key: 'alias/ledger', operation: 'Decrypt', every: '1m' }] as const;
    let nowMs = 0;
    const simulator = createScenarioSimulator(
      { summary: 'x', stores: [{ ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/ledger' }] }], traffic },
      { now: () => nowMs },
    );
    nowMs = 90_000;
    const { Keys } = simulator.call('ListKeys', {}) as { Keys: [{ KeyId: string }] };

    expect(simulator.call('GetKeyLastUsage', { KeyId: Keys[0].KeyId })).toMatchObject({
      KeyLastUsage: { Timestamp: 60 },
    });
    expect(() => createScenarioSimulator({ summary: 'x', traffic })).toThrow(
      'traffic[0]: there is no key alias/ledger',
    );
  });
});
