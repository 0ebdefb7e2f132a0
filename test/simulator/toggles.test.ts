/** EnableKey and DisableKey: when they take effect, and for whom. */
import { describe, expect, test } from 'vitest';
import {
  createScenarioSimulator,
  documentedRates,
  type KeyMetadata,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { connectMs, deferredToggleMs, setStage } from './stage.ts';

const lagMs = 30_000;
const Plaintext = Buffer.from('a canary').toString('base64');

function setKeyStage(options: SimulatorOptions = {}, description: object = {}) {
  const stage = setStage(options);
  const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
  const KeyId = stage.simulator.addKey(id, description);
  const read = () => (stage.simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: KeyMetadata }).KeyMetadata;
  return {
    ...stage,
    id,
    show: () => read().KeyState,
    use: () => stage.attempt('Encrypt', { KeyId, Plaintext }),
    enable: () => stage.attempt('EnableKey', { KeyId }),
    disable: () => stage.attempt('DisableKey', { KeyId }),
    schedule: () => stage.attempt('ScheduleKeyDeletion', { KeyId }),
  };
}

const distinct = (read: () => unknown) => [...new Set(Array.from({ length: 40 }, read))].sort();

describe('EnableKey and DisableKey', () => {
  test('show at once where no read lags behind, and a disabled key encrypts nothing', () => {
    const { disable, enable, show, use } = setKeyStage();

    expect([disable(), show(), use()]).toEqual(['ok', 'Disabled', 'DisabledException']);
    expect([disable(), enable(), show(), use()]).toEqual(['ok', 'ok', 'Enabled', 'ok']);
  });

  test('change nothing of a key that is as they want it', () => {
    const { enable, show } = setKeyStage({ staleReads: { enabled: { lagMs } } });

    expect([enable(), show()]).toEqual(['ok', 'Enabled']);
  });

  test('reach each replica by itself, for reads of the key and for its use', () => {
    const spreadLag = (random: number) => random * lagMs;
    const { disable, show, use, wait } = setKeyStage({ staleReads: { enabled: { lagMs: spreadLag, count: 20 } } });
    disable();
    wait(lagMs / 2);
    expect([distinct(show), distinct(use)]).toEqual([
      ['Disabled', 'Enabled'],
      ['DisabledException', 'ok'],
    ]);
    wait(lagMs / 2);

    expect([distinct(show), distinct(use)]).toEqual([['Disabled'], ['DisabledException']]);
  });

  test('lag as replicas do where nothing else is said', () => {
    const { disable, show, wait } = setKeyStage({ staleReads: { replicas: { lagMs } } });
    disable();
    wait(lagMs - 1);
    expect(show()).toBe('Enabled');
    wait(1);

    expect(show()).toBe('Disabled');
  });

  test('take effect in their order, however late the first of them is', () => {
    const lags = [lagMs, 0];
    const { disable, enable, show, wait } = setKeyStage({
      staleReads: { enabled: { count: 1, lagMs: () => lags.shift() ?? 0 } },
    });
    disable();
    enable();
    wait(lagMs - 1);
    expect(show()).toBe('Enabled');
    wait(1);

    expect(show()).toBe('Enabled');
  });

  test('wait on an Unavailable key until some time after CONNECTED, and take effect once', () => {
    const { simulator, id, disable, show, use, wait, disconnectAndWait, connectAndWait } = setKeyStage();
    disconnectAndWait(id);
    expect([disable(), show(), use()]).toEqual(['ok', 'Unavailable', 'KMSInvalidStateException']);
    expect([connectAndWait(id), show(), use()]).toEqual(['CONNECTED', 'Enabled', 'ok']);
    wait(deferredToggleMs - 1);
    expect(show()).toBe('Enabled');
    wait(1);
    expect(show()).toBe('Disabled');

    simulator.moveStore(id, 'DISCONNECTED');
    simulator.moveStore(id, 'CONNECTED');
    expect(show()).toBe('Disabled');
  });

  test('of an Available key come after those that wait for CONNECTED', () => {
    const { id, disable, enable, show, wait, disconnectAndWait, connectAndWait } = setKeyStage();
    disconnectAndWait(id);
    disable();
    connectAndWait(id);
    expect([enable(), show()]).toEqual(['ok', 'Enabled']);
    wait(deferredToggleMs);

    expect(show()).toBe('Enabled');
  });

  test('take seconds to minutes after CONNECTED where a scenario says nothing, and else as it says', () => {
    const measureSeconds = (seed: number, durations = {}) => {
      let nowMs = 0;
      const stores = [{ ConnectionState: 'DISCONNECTED', keys: 1 }] as const;
      const simulator = createScenarioSimulator({ summary: 'x', seed, stores, durations }, { now: () => nowMs });
      const { CustomKeyStoreId = '' } = simulator.describeWorld().stores[0] ?? {};
      const { Keys } = simulator.call('ListKeys', {}) as { Keys: [{ KeyId: string }] };
      const { KeyId } = Keys[0];
      simulator.call('DisableKey', { KeyId });
      simulator.moveStore(CustomKeyStoreId, 'CONNECTED');
      const isDisabled = () => {
        const { KeyMetadata } = simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: KeyMetadata };
        return KeyMetadata.KeyState === 'Disabled';
      };
      while (!isDisabled()) nowMs += 1_000;
      return nowMs / 1_000;
    };
    const drawn = Array.from({ length: 20 }, (_, seed) => measureSeconds(seed));

    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(2);
    expect(Math.min(...drawn)).toBeLessThan(30);
    expect(Math.max(...drawn)).toBeGreaterThan(60);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(240);
    expect(measureSeconds(1, { deferredToggle: '7s' })).toBe(7);
  });

  test('are refused on a key that is pending deletion', () => {
    const { schedule, enable, disable, use, show, disconnect, id } = setKeyStage();
    schedule();

    expect([enable(), disable(), use()]).toEqual(Array(3).fill('KMSInvalidStateException'));
    disconnect(id);
    expect([show(), enable()]).toEqual(['PendingDeletion', 'KMSInvalidStateException']);
  });

  test('are throttled each by itself, at five a second', () => {
    const { disable, enable, wait } = setKeyStage({ quotas: documentedRates });
    const isThrottled = (act: () => string) => Array.from({ length: 6 }, act).indexOf('ThrottlingException');

    expect([isThrottled(disable), isThrottled(enable)]).toEqual([5, 5]);
    wait(connectMs);
    expect(isThrottled(disable)).toBe(5);
  });
});
