/** What a run with a fence does to the keys; its course is in scenarios/fencing.ts. */
import { describe, expect, it } from 'vitest';
import { canaryAlias } from '../../src/domain/fence.ts';
import { addFenced, type FencedTerms } from '../support/fenced.ts';
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

  it('names a key that is created meanwhile, which stays enabled', async () => {
    const { result } = await runFenced({}, (world) =>
      world.when('DisableKey', () => world.simulator.addKey(storeOf(world))),
    );
    expect(result.outcome).toBe('updated');
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

const storeOf = ({ simulator }: ReturnType<typeof createWorld>): string =>
  simulator.describeWorld().stores[0]?.CustomKeyStoreId ?? '';
