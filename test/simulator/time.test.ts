import { describe, expect, test } from 'vitest';
import { createHosts } from '../../src/simulator/hosts.ts';
import { createScaledClock, createSimulator, type StaleReads } from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/random.ts';
import { createStaleViews } from '../../src/simulator/stale-reads.ts';
import { type Store, showStore } from '../../src/simulator/store.ts';
import { disconnectMs, setStage } from './stage.ts';

const minuteMs = 60_000;

/** How long each of many first connects takes, in minutes, shortest first. */
function measureConnects(type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'): number[] {
  const lengths = Array.from({ length: 300 }, (_, seed) => {
    let nowMs = 0;
    const simulator = createSimulator({ seed, now: () => nowMs });
    const id = simulator.addStore({ CustomKeyStoreType: type });
    simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    while (simulator.store(id).ConnectionState === 'CONNECTING') nowMs += 10_000;
    return nowMs / minuteMs;
  });
  return lengths.sort((a, b) => a - b);
}

describe('a connect takes', () => {
  test('1 to 20 minutes with a cluster, most about 6 to 8', () => {
    const lengths = measureConnects('AWS_CLOUDHSM');

    expect(lengths[0]).toBeGreaterThan(1);
    expect(lengths.at(-1)).toBeLessThanOrEqual(20.2);
    expect(lengths.at(-1)).toBeGreaterThan(17);
    expect(lengths[150]).toBeGreaterThan(6);
    expect(lengths[150]).toBeLessThan(10);
  });

  test('about 5 minutes with a proxy', () => {
    const lengths = measureConnects('EXTERNAL_KEY_STORE');

    expect(lengths[0]).toBeGreaterThan(4);
    expect(lengths.at(-1)).toBeLessThanOrEqual(6.2);
  });
});

describe('the scaled clock', () => {
  test('runs faster, can be paced anew, stopped and advanced, and never goes back', () => {
    let realMs = 1_000;
    const clock = createScaledClock(10, () => realMs);
    const readAfter = (ms: number) => {
      realMs += ms;
      return clock();
    };

    expect(readAfter(100)).toBe(2_000);
    clock.scale = 2;
    expect([clock(), readAfter(100)]).toEqual([2_000, 2_200]);
    clock.advance(minuteMs);
    expect(clock()).toBe(62_200);
    clock.scale = 0;
    expect(readAfter(5_000)).toBe(62_200);
    expect(clock.scale).toBe(0);
  });
});

describe('in time that runs faster than the real one', () => {
  test('a connect and a disconnect last until a Describe has shown them', () => {
    let realMs = Date.UTC(2026, 0, 1);
    const simulator = createSimulator({ now: createScaledClock(1_000, () => realMs) });
    const CustomKeyStoreId = simulator.addStore();
    const describeStore = () => {
      const { CustomKeyStores } = simulator.call('DescribeCustomKeyStores', { CustomKeyStoreId }) as {
        CustomKeyStores: { ConnectionState: string }[];
      };
      return CustomKeyStores[0]?.ConnectionState;
    };
    const states = ['Connect', 'Disconnect'].flatMap((operation) => {
      simulator.call(`${operation}CustomKeyStore`, { CustomKeyStoreId });
      realMs += minuteMs;
      return [describeStore(), describeStore()];
    });

    expect(states).toEqual(['CONNECTING', 'CONNECTED', 'DISCONNECTING', 'DISCONNECTED']);
  });
});

describe('the last use of a key', () => {
  test('is told by the clock of the client, however far ahead simulated time is', () => {
    const startedMs = Date.UTC(2026, 0, 1);
    let realMs = startedMs;
    const clock = createScaledClock(60, () => realMs);
    const simulator = createSimulator({ now: clock });
    const KeyId = simulator.addKey(simulator.addStore({ ConnectionState: 'CONNECTED' }));
    const encryptAfter = (ms: number) => {
      realMs += ms;
      simulator.call('Encrypt', { KeyId, Plaintext: 'YWFh' });
    };
    const lastUsedMs = () => {
      const output = simulator.call('GetKeyLastUsage', { KeyId }) as { KeyLastUsage: { Timestamp: number } };
      return Math.round(output.KeyLastUsage.Timestamp * 1_000);
    };
    encryptAfter(1_000);
    realMs += minuteMs;
    expect(lastUsedMs()).toBe(startedMs + 1_000);
    clock.advance(60 * minuteMs);
    encryptAfter(500);
    clock.scale = 0;
    expect(lastUsedMs()).toBe(realMs);
    encryptAfter(500);
    expect(lastUsedMs()).toBe(startedMs + 1_000 + minuteMs + 500);
  });
});

describe('stale reads', () => {
  const lagMs = 10_000;
  const lag = { forMs: lagMs };

  function changeAndLook(staleReads: StaleReads) {
    const stage = setStage({ staleReads });
    const id = stage.addExternal({ CustomKeyStoreName: 'old', ConnectionState: 'CONNECTED' });
    stage.update(id, { NewCustomKeyStoreName: 'new' });
    stage.wait(lagMs);
    stage.update(id, { NewCustomKeyStoreName: 'newest' });
    const names = stage.describe().CustomKeyStores.map((entry) => entry.CustomKeyStoreName);
    stage.wait(lagMs);
    stage.disconnect(id);
    const states = stage.describe().CustomKeyStores.map((entry) => entry.ConnectionState);
    return [...names, ...states];
  }

  test.each<[string, StaleReads, string[]]>([
    ['state alone', { state: lag }, ['newest', 'CONNECTED']],
    ['values alone', { values: lag }, ['new', 'DISCONNECTING']],
    ['both', { state: lag, values: lag }, ['new', 'CONNECTED']],
    ['neither', { keyState: lag }, ['newest', 'DISCONNECTING']],
  ])('of %s', (_what, staleReads, seen) => {
    expect(changeAndLook(staleReads)).toEqual(seen);
  });

  test('are as likely as ordered, read by read, and the same for the same seed', () => {
    const observe = (seed: number) => {
      const stage = setStage({ seed, staleReads: { state: { forMs: lagMs, likelihood: 0.25 } } });
      stage.disconnect(stage.addExternal({ ConnectionState: 'CONNECTED' }));
      return Array.from({ length: 400 }, () => stage.describe().CustomKeyStores[0]?.ConnectionState);
    };
    const stale = observe(1).filter((state) => state === 'CONNECTED').length;

    expect(observe(1)).toEqual(observe(1));
    expect(stale).toBeGreaterThan(70);
    expect(stale).toBeLessThan(130);
  });

  test('stale reads of a state never bring back a FAILED without its code, nor a code without FAILED', () => {
    const stage = setStage({ staleReads: { state: { forMs: lagMs, likelihood: 0.5 }, values: lag } });
    stage.disconnect(stage.addExternal({ ConnectionState: 'FAILED', ConnectionErrorCode: 'XKS_PROXY_TIMED_OUT' }));
    const looks = Array.from({ length: 50 }, () => stage.describe().CustomKeyStores[0]);

    expect(new Set(looks.map((entry) => `${entry?.ConnectionState} ${entry?.ConnectionErrorCode}`))).toEqual(
      new Set(['FAILED XKS_PROXY_TIMED_OUT', 'DISCONNECTING undefined']),
    );
  });

  test('stale reads of keys follow the state before for a while', () => {
    const store = { ...anExternalStore(), connection: { state: 'DISCONNECTED' } } as const;
    const views = createStaleViews({ keyState: lag }, createRandom(1, 'test'));
    views.remember(store.id, 0, showStore({ ...store, connection: { state: 'CONNECTED' } }), 0);

    expect([0, lagMs - 1, lagMs].map((nowMs) => views.keyState(store, nowMs))).toEqual([
      'CONNECTED',
      'CONNECTED',
      'DISCONNECTED',
    ]);
  });
});

function anExternalStore(): Store {
  const backing = {
    type: 'EXTERNAL_KEY_STORE',
    connectivity: 'PUBLIC_ENDPOINT',
    endpoint: 'https://a.example.com',
    path: '/kms/xks/v1',
    accessKeyId: 'A',
    secret: 's',
  } as const;
  return { id: 'cks-1', ordinal: 0, createdAtMs: 0, name: 'a', backing, connection: { state: 'CONNECTED' } };
}

describe('after a live change', () => {
  test('each host uses the new settings within five minutes, and Describe shows them at once', () => {
    const stage = setStage({ hosts: { count: 50 } });
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    expect(stage.simulator.hostsEffectiveAtMs(id)).toEqual([]);
    stage.update(id, { XksProxyUriPath: '/new/kms/xks/v1' });

    const afterMs = stage.simulator.hostsEffectiveAtMs(id).map((atMs) => atMs - stage.now());
    expect(afterMs).toHaveLength(50);
    expect(Math.min(...afterMs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...afterMs)).toBeLessThanOrEqual(5 * minuteMs);
    expect(Math.max(...afterMs)).toBeGreaterThan(4 * minuteMs);
    expect(stage.describe().CustomKeyStores[0]?.XksProxyConfiguration?.UriPath).toBe('/new/kms/xks/v1');
  });

  test('a store that went offline uses what is in force when it connects', () => {
    const stage = setStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    stage.update(id, { NewCustomKeyStoreName: 'renamed' });
    expect(stage.simulator.hostsEffectiveAtMs(id)).toEqual([]);
    stage.update(id, { XksProxyUriPath: '/new/kms/xks/v1' });
    expect(stage.simulator.hostsEffectiveAtMs(id)).toHaveLength(4);
    stage.disconnect(id);
    stage.wait(disconnectMs);

    expect(stage.simulator.hostsEffectiveAtMs(id)).toEqual([]);
  });

  test('a host goes from one change to the next in their order', () => {
    const hosts = createHosts({ count: 1, lagMs: 100 }, createRandom(1, 'test'));
    const store = anExternalStore();
    const [first, second] = [
      { ...store.backing, accessKeyId: 'FIRST' },
      { ...store.backing, accessKeyId: 'SECOND' },
    ];
    hosts.change(store.id, first, 0);
    hosts.change(store.id, second, 50);

    expect([0, 99, 100, 149, 150].map((nowMs) => hosts.settingsOn(store, 0, nowMs))).toEqual([
      first,
      first,
      second,
      second,
      store.backing,
    ]);
  });
});
