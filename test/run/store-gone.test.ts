import { describe, expect, it } from 'vitest';
import { callAsSomebodyElse, inState } from '../support/scenario.ts';
import { addExternal } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

const change = { XksProxyUriEndpoint: 'https://new.xks.example.com' };
const policy = { accept: ['outage', 'unverified-keys'] as const };

describe('a store that no longer exists while the run has it offline', () => {
  it.each([
    ['acting.updating', 'Update'],
    ['acting.connecting.calling', 'Connect'],
  ] as const)(
    'ends the run as stranded and is not awaited forever, when it is deleted in %s',
    async (state, operation) => {
      const world = createWorld();
      const store = addExternal(world);
      world.when(inState(world, state, operation), () =>
        callAsSomebodyElse(world, 'DeleteCustomKeyStore', { CustomKeyStoreId: store }),
      );

      const startedAtMs = world.clock.now();
      const { outcome } = await world.run({ store, change, policy });

      expect(outcome).toBe('stranded');
      expect(world.clock.now() - startedAtMs).toBeLessThan(10 * 60_000);
    },
  );

  it.each(['acting.disconnecting.settling', 'acting.connecting.settling'] as const)(
    'ends the run as stranded with the reason, when Describe does not find it in %s',
    async (state) => {
      const world = createWorld();
      const store = addExternal(world);
      world.when(inState(world, state, 'Describe'), () =>
        world.simulator.failNext('DescribeCustomKeyStores', 'CustomKeyStoreNotFoundException', { times: 10_000 }),
      );

      const { outcome, reason } = await world.run({ store, change, policy });

      expect([outcome, reason?.code]).toEqual(['stranded', 'STORE_GONE']);
      expect(reason?.message).toContain('no longer exists');
      expect(world.events.filter(({ type }) => type === 'run.suspended').length).toBeGreaterThan(2);
    },
  );

  it('goes on when it is found again within the time that a stale answer lasts', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(inState(world, 'acting.connecting.settling', 'Describe'), () =>
      world.simulator.failNext('DescribeCustomKeyStores', 'CustomKeyStoreNotFoundException', { times: 10 }),
    );

    expect(await world.run({ store, change, policy })).toMatchObject({ outcome: 'updated' });
  });
});
