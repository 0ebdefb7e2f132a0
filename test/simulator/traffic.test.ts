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
  test('uses a key at its pace, and is on no record but that of its last use', () => {
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
