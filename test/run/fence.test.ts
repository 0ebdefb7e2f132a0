/** What a run with a fence does to the keys; its course is in scenarios/fencing.ts. */
import { describe, expect, it } from 'vitest';
import { canaryAlias } from '../../src/domain/fence.ts';
import type { Keys, StoreKey } from '../../src/ports/keys.ts';
import { startRun } from '../../src/run/start.ts';
import { addFenced, arnOf, type FencedTerms, leaveKeysDisabled } from '../support/fenced.ts';
import { createWorld, type World } from '../support/world.ts';

async function runFenced(
  terms: FencedTerms = {},
  prepare: (world: World, fenced: { readonly store: string; readonly keyIds: readonly string[] }) => void = () =>
    undefined,
) {
  const world = createWorld();
  const { order, ...fenced } = addFenced(world, terms);
  prepare(world, { store: order.store, keyIds: fenced.keyIds });
  const result = await world.run(order);
  return { ...fenced, world, result };
}

describe('a run with a fence', () => {
  it('reports for each key when it was disabled and enabled, on what evidence, and how long it was exposed', async () => {
    const { result, states } = await runFenced();
    expect(result.outcome).toBe('updated');
    expect(states()).toEqual(['Enabled', 'Enabled']);
    const instant = expect.stringMatching(/^2026-/);
    for (const key of result.fence?.keys ?? [])
      expect(key).toEqual({
        keyId: expect.stringContaining(':key/'),
        state: 'enabled',
        disabledAt: instant,
        enabledAt: instant,
        evidence: 'canary',
        exposure: { from: instant, until: instant },
      });
    expect(result.keyVerification.status).toBe('verified');
  });

  it.each([
    ['is throttled', 'ThrottlingException'],
    ['is refused', 'AccessDeniedException'],
  ])('disconnects from different key material at once if the DisableKey %s', async (_, name) => {
    const { result, world } = await runFenced({ hasOtherKeys: true }, (prepared) =>
      prepared.when('ConnectCustomKeyStore', () =>
        prepared.simulator.failNext('DisableKey', name, { times: 'always' }),
      ),
    );
    const exposures = (result.fence?.keys ?? []).flatMap(({ exposure }) => (exposure ? [exposure] : []));
    expect(result.outcome).toBe('rolledBack');
    expect(world.simulator.store(storeOf(world)).ConnectionState).toBe('CONNECTED');
    for (const { from, until } of exposures) expect(Date.parse(until) - Date.parse(from)).toBeLessThan(20_000);
  });

  it('leaves no key disabled that is called enabled if KMS accepts EnableKey without an effect', async () => {
    const { result, states } = await runFenced({}, (world, { store }) => {
      world.simulator.addKey(store, { AliasName: canaryAlias(store) });
      world.when('ConnectCustomKeyStore', () => {
        const lagMs = () => 24 * 3_600_000;
        world.simulator.staleReads = { ...world.simulator.staleReads, enabled: { lagMs } };
      });
    });
    expect(states()).toEqual(['Disabled', 'Disabled']);
    expect(result.outcome).toBe('stranded');
    expect(result.fence?.keys.map(({ state }) => state)).toEqual(['disabled', 'disabled']);
  });

  it('keeps no key waiting for another that KMS does not enable, once the canary key is verified', async () => {
    const { result, states } = await runFenced({}, (world, { store, keyIds }) => {
      world.simulator.addKey(store, { AliasName: canaryAlias(store) });
      const [key = ''] = keyIds;
      world.when('ConnectCustomKeyStore', () =>
        world.simulator.failNext('EnableKey', 'KMSInternalException', { key, times: 60 }),
      );
    });
    expect(states()).toEqual(['Enabled', 'Enabled']);
    expect(result.outcome).toBe('updated');
    const [first = 0, second = 0] = (result.fence?.keys ?? []).map((key) => Date.parse(key.enabledAt ?? ''));
    expect(second - first).toBeLessThan(1_000);
  });

  it.each([
    ['answers its EnableKey with an error for minutes', 'KMSInternalException', 100, ['enabled', 'enabled']],
    ['answers its EnableKey with an error for hours', 'KMSInternalException', 'always', ['disabled', 'enabled']],
    ['refuses its EnableKey', 'AccessDeniedException', 'always', ['disabled', 'enabled']],
  ] as const)(
    'keeps no key waiting for the first one if KMS %s, without a canary key',
    async (_, name, times, ends) => {
      const enabledAt: (number | undefined)[] = [];
      const { result, keyIds } = await runFenced({}, (world, fenced) =>
        world.when('ConnectCustomKeyStore', () => {
          const key = fenced.keyIds[0] ?? '';
          world.simulator.failNext('EnableKey', name, { key, times });
          enabledAt.push(world.clock.now());
        }),
      );
      const keys = keyIds.map((keyId) => result.fence?.keys.find((key) => key.keyId.endsWith(keyId)));
      expect(keys.map((key) => key?.state)).toEqual(ends);
      expect(result.outcome).toBe(ends[0] === 'disabled' ? 'stranded' : 'updated');
      const [connectedAtMs = 0] = enabledAt;
      expect(Date.parse(keys[1]?.enabledAt ?? '') - connectedAtMs).toBeLessThan(8 * 60_000);
    },
  );

  it('sends no EnableKey any more once a key is different, and names each key that was exposed', async () => {
    const { result, world } = await runFenced({ keys: 10 }, (prepared, { keyIds }) =>
      prepared.when('ConnectCustomKeyStore', () => {
        for (const key of keyIds.slice(1))
          prepared.simulator.orderFault({
            match: { operation: 'Decrypt', key, times: 1 },
            effect: { kind: 'answer', fault: { name: 'InvalidCiphertextException' }, afterEffect: false },
          });
        prepared.when('DisconnectCustomKeyStore', () => prepared.simulator.clearFaults());
      }),
    );
    const { calls } = world.simulator;
    const disconnectedAt = calls.findLastIndex(({ operation }) => operation === 'DisconnectCustomKeyStore');
    const connectedAt = calls.findIndex(({ operation }) => operation === 'ConnectCustomKeyStore');
    const forward = calls.slice(connectedAt, disconnectedAt);
    const seenAt = forward.findIndex(({ operation, error }) => operation === 'Decrypt' && error !== undefined);
    expect(seenAt).toBeGreaterThan(0);
    expect(forward.slice(seenAt).filter(({ operation }) => operation === 'EnableKey')).toEqual([]);
    const exposed = result.fence?.keys.filter(({ exposure }) => exposure) ?? [];
    const enabled = new Set(
      forward.filter(({ operation }) => operation === 'EnableKey').map(({ input }) => keyOf(input)),
    );
    expect(exposed.map(({ keyId }) => keyId).sort()).toEqual([...enabled].sort());
    expect(result.outcome).toBe('rolledBack');
  });

  it.each([
    ['forward, with a canary key too', false],
    ['in a rollback from settings that were connected', true],
  ])('enables no key before each host of KMS knows of the Disconnect: %s', async (_, hasOtherKeys) => {
    const { result, world } = await runFenced({ hasOtherKeys }, (prepared, { store }) =>
      prepared.simulator.addKey(store, { AliasName: canaryAlias(store) }),
    );
    const { calls } = world.simulator;
    const atMs = (operation: string) => calls.filter((call) => call.operation === operation).map((call) => call.atMs);
    const disconnectedAtMs = atMs('DisconnectCustomKeyStore').at(-1) ?? 0;
    const enabledAtMs = atMs('EnableKey').filter((at) => at > disconnectedAtMs);
    expect(result.outcome).toBe(hasOtherKeys ? 'rolledBack' : 'updated');
    expect(enabledAtMs).toHaveLength(2);
    expect(Math.min(...enabledAtMs) - disconnectedAtMs).toBeGreaterThanOrEqual(5 * 60_000);
  });

  it('takes the fence down if KMS does not disable one of the keys, and says which', async () => {
    const { result, states, world } = await runFenced({}, (prepared, { keyIds }) => {
      const effect = { kind: 'answer', fault: { name: 'KMSInternalException' }, afterEffect: false } as const;
      prepared.simulator.orderFault({
        match: { operation: 'DisableKey', key: keyIds[0] ?? '', times: 'always' },
        effect,
      });
    });
    expect([result.outcome, states()]).toEqual(['rolledBack', ['Enabled', 'Enabled']]);
    expect(result.reason?.message).toContain(
      `DisableKey of ${arnOf(result.fence?.keys[0]?.keyId.split('/')[1] ?? '')}`,
    );
    expect(world.sent.map(({ operation }) => operation)).not.toContain('DisconnectCustomKeyStore');
    expect(Date.parse(result.endedAt) - Date.parse(result.startedAt)).toBeLessThan(5 * 60_000);
    const suspended = world.events.flatMap((event) => (event.type === 'run.suspended' ? [event.message] : []));
    expect(suspended[0]).toContain('DisableKey of arn:');
  });

  it('blames no other principal for a key whose DisableKey KMS refused when it was different', async () => {
    const { result } = await runFenced({ hasOtherKeys: true }, (prepared) =>
      prepared.when('ConnectCustomKeyStore', () => {
        const effect = { kind: 'answer', fault: { name: 'AccessDeniedException' }, afterEffect: false } as const;
        prepared.simulator.orderFault({ match: { operation: 'DisableKey', times: 'always' }, effect });
      }),
    );
    const details = result.fence?.keys.flatMap(({ detail }) => detail ?? []) ?? [];
    expect(details).toEqual(['it was different key material; KMS did not show it as Disabled before the Disconnect']);
  });

  it('calls no principal to account for a key that KMS never showed as Disabled', async () => {
    const { result } = await runFenced({}, (world, { keyIds }) => {
      const key = keyIds[0] ?? '';
      world.simulator.failNext('DisableKey', 'AccessDeniedException', { key, times: 'always' });
    });
    expect(result.outcome).toBe('rolledBack');
    expect(result.fence?.keys.map(({ detail }) => detail)).toEqual([undefined, undefined]);
  });

  it('hears a stop while KMS has yet to show keys as Disabled', async () => {
    const { result, world } = await runFenced({}, (prepared) => {
      prepared.simulator.staleReads = { ...prepared.simulator.staleReads, enabled: { lagMs: () => 240_000 } };
      prepared.when('DisableKey', () => prepared.stop.abort());
    });
    expect([result.outcome, result.reason?.code]).toEqual(['cancelled', 'STOPPED']);
    expect(result.fence?.keys.map(({ state }) => state)).toEqual(['enabled', 'enabled']);
    expect(world.clock.now() - Date.parse(result.startedAt)).toBeLessThan(60_000);
  });

  it('names the right that is missing at once if it may not describe a key that it disables', async () => {
    const { result, states, world } = await runFenced({}, (prepared, { keyIds }) =>
      prepared.when('DisableKey', () => {
        prepared.simulator.failNext('DescribeKey', 'AccessDeniedException', { key: keyIds[0] ?? '', times: 'always' });
      }),
    );
    world.simulator.clearFaults();
    expect([result.outcome, states()]).toEqual(['rolledBack', ['Enabled', 'Enabled']]);
    expect(result.reason?.message).toContain('DescribeKey of ');
    expect(Date.parse(result.endedAt) - Date.parse(result.startedAt)).toBeLessThan(60_000);
  });

  it('takes the fence down if KMS answers DescribeKey without a key', async () => {
    const world = createWorld();
    const { order, states } = addFenced(world);
    const isDisabling = () => world.simulator.calls.some(({ operation }) => operation === 'DisableKey');
    const result = await world.run({
      ...order,
      work: (ports, input, options) => {
        const failure = {
          code: 'UNREADABLE_ANSWER',
          message: 'the answer holds no KeyMetadata',
          class: 'unclear',
        } as const;
        const describe = async (...args: Parameters<Keys['describe']>) =>
          isDisabling() ? ({ ok: false, calls: 1, failure } as const) : ports.keys.describe(...args);
        return startRun({ ...ports, keys: { ...ports.keys, describe } }, input, options);
      },
    });
    expect([result.outcome, states()]).toEqual(['rolledBack', ['Enabled', 'Enabled']]);
    expect(Date.parse(result.endedAt) - Date.parse(result.startedAt)).toBeLessThan(20 * 60_000);
  });

  it('offers no EnableKey when the key source holds different keys and the old settings cannot be restored', async () => {
    const { result, states } = await runFenced({ hasOtherKeys: true }, (world) =>
      world.when(
        (operation) =>
          operation === 'EnableKey' && world.sent.some((sent) => sent.operation === 'ConnectCustomKeyStore'),
        () => {
          world.simulator.failNext('UpdateCustomKeyStore', 'AccessDeniedException', { times: 'always' });
        },
      ),
    );
    expect([result.outcome, states()]).toEqual(['stranded', ['Unavailable', 'Unavailable']]);
    expect(result.fence?.keys.map(({ state }) => state)).toEqual(['withheld', 'withheld']);
    expect(result.nextCommands?.filter((command) => command.includes('enable-key'))).toEqual([]);
    expect(result.nextCommands).toContain(`cks resume ${result.runId}`);
  });

  it('enables the others on no verdict of an earlier process', async () => {
    const world = createWorld();
    const order = leaveKeysDisabled(world, { keys: 3, enabled: 1 });
    const decrypt = { operation: 'Decrypt', times: 'always' } as const;
    const effect = { kind: 'answer', fault: { name: 'AccessDeniedException' }, afterEffect: false } as const;
    world.simulator.orderFault({ match: decrypt, effect });
    const result = await world.run(order);

    // The first of them gives no answer, so no other one is enabled.
    const enabled = world.simulator.calls.filter(({ operation }) => operation === 'EnableKey');
    expect(enabled).toHaveLength(1);
    expect(result.outcome).toBe('stranded');
    expect(result.fence?.keys.map(({ state }) => state)).toEqual(['enabled', 'disabled', 'disabled']);
  });

  it('names the exposure of keys that turn out to be different after they were enabled', async () => {
    const { result, world } = await runFenced({}, (prepared, { store, keyIds }) => {
      prepared.simulator.addKey(store, { AliasName: canaryAlias(store) });
      prepared.when('ConnectCustomKeyStore', () => {
        const effect = { kind: 'answer', fault: { name: 'InvalidCiphertextException' }, afterEffect: false } as const;
        // The canary key and each key decrypt once; then some host of KMS shows other keys.
        prepared.simulator.orderFault({
          match: { operation: 'Decrypt', key: keyIds[0] ?? '', nth: 2, times: 1 },
          effect,
        });
      });
    });
    expect(result.outcome).toBe('rolledBack');
    const seenAt = result.keyVerification.exposure?.seenAt ?? '';
    const exposures = result.fence?.keys.map(({ exposure }) => exposure?.until) ?? [];
    expect(exposures).toHaveLength(2);
    for (const until of exposures) expect(Date.parse(until ?? '')).toBeGreaterThanOrEqual(Date.parse(seenAt) - 1_000);
    expect(world.sent.map(({ operation }) => operation)).toContain('DisconnectCustomKeyStore');
  });

  it('names a key in a state that cks does not know, which it leaves as it is', async () => {
    const world = createWorld();
    const { order, keyIds } = addFenced(world);
    const isOdd = ({ keyId }: StoreKey) => keyId === keyIds[0];
    const result = await world.run({
      ...order,
      async work(ports, input, options) {
        const list = async (...args: Parameters<Keys['list']>) => {
          const reply = await ports.keys.list(...args);
          if (!reply.ok) return reply;
          const keys = reply.value.keys.map((key) => (isOdd(key) ? { ...key, keyState: 'Resting' } : key));
          return { ...reply, value: { ...reply.value, keys } };
        };
        return startRun({ ...ports, keys: { ...ports.keys, list } }, input, options);
      },
    });
    expect(result.fence?.keys.map(({ keyId }) => keyId)).toEqual([arnOf(keyIds[1] ?? '')]);
    expect(result.fence?.unfenced).toEqual([
      { keyId: arnOf(keyIds[0] ?? ''), why: 'it is Resting, which cks does not disable' },
    ]);
  });

  it('names a key that is created meanwhile, which stays enabled', async () => {
    const { result, world } = await runFenced({}, (prepared) =>
      prepared.when('DisableKey', () => prepared.simulator.addKey(storeOf(prepared))),
    );
    expect(result.outcome).toBe('updated');
    // Before the Connect, and after it.
    const asked = world.simulator.calls.map(({ operation }) => operation);
    const connected = asked.indexOf('ConnectCustomKeyStore');
    expect(asked.slice(asked.lastIndexOf('DisableKey'), connected)).toContain('ListKeys');
    expect(asked.slice(connected)).toContain('ListKeys');
    expect(result.fence?.unfenced).toEqual([
      { keyId: expect.stringContaining(':key/'), why: 'created during the run' },
    ]);
  });

  it.each([
    ['with a canary key', true],
    ['without a canary key', false],
  ])('enables the other keys if the first is to be deleted by now, %s', async (_, hasCanaryKey) => {
    const { result, states } = await runFenced({}, (world, { store, keyIds }) => {
      if (hasCanaryKey) world.simulator.addKey(store, { AliasName: canaryAlias(store) });
      world.when('ConnectCustomKeyStore', () =>
        world.simulator.call('ScheduleKeyDeletion', { KeyId: keyIds[0] ?? '' }),
      );
    });

    expect([result.outcome, states()]).toEqual(['updated', ['PendingDeletion', 'Enabled']]);
  });

  it('names the exposure of a key that is different though the canary key of the store is not', async () => {
    const { result, states } = await runFenced({}, (world, { store, keyIds }) => {
      world.simulator.addKey(store, { AliasName: canaryAlias(store) });
      world.when('ConnectCustomKeyStore', () =>
        world.simulator.failNext('Decrypt', 'InvalidCiphertextException', { key: keyIds[0] ?? '', times: 1 }),
      );
    });

    expect([result.outcome, states()]).toEqual(['rolledBack', ['Enabled', 'Enabled']]);
    expect(result.fence?.keys.map(({ exposure }) => exposure)).toContainEqual({
      from: expect.any(String),
      until: expect.any(String),
    });
  });
});

const keyOf = (input: unknown) =>
  arnOf(
    String((input as { readonly KeyId?: string }).KeyId)
      .split('/')
      .at(-1) ?? '',
  );

const storeOf = ({ simulator }: ReturnType<typeof createWorld>): string =>
  simulator.describeWorld().stores[0]?.CustomKeyStoreId ?? '';
