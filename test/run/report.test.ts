/** What a result says to an operator who is left with a store that is not as it should be. */
import { expect, it } from 'vitest';
import { createKeyVerifier } from '../support/key-verifiers.ts';
import { before } from '../support/scenario.ts';
import { addCloudHsm, addClusterFromOldBackup, addExternal, clusters } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

it.each(['restore', 'disconnected'] as const)(
  'a stop whose way back fails says what is left to do, and not that nothing is (final state %s)',
  async (finalState) => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(before(world, 'Describe', store, 'DISCONNECTING'), () => world.stop.abort());
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS');

    const change = { NewCustomKeyStoreName: 'renamed' };
    const result = await world.run({ store, change, policy: { mode: 'offline', accept: ['outage'], finalState } });

    expect(result).toMatchObject({
      outcome: 'stranded',
      settings: 'old',
      after: { connectionState: 'FAILED' },
      nextCommands: [`cks reconnect ${store}`],
      reason: { code: 'STOPPED', message: expect.stringContaining('failed to connect: INVALID_CREDENTIALS') },
    });
    expect(result.reason?.remedy).toMatch(/^Give KMS the credential that the proxy accepts now/);
    expect(result.reason?.remedy).not.toContain('Nothing is left to do');
  },
);

it('names the way back of a store that goes offline, though at the deadline it was still shown CONNECTED', async () => {
  const world = createWorld();
  const store = addExternal(world);
  let isBack = false;
  world.when(
    (operation) => operation === 'DisconnectCustomKeyStore' && isBack,
    () => {
      world.simulator.staleReadsForMs = 20_000;
    },
  );
  const keyVerifier = createKeyVerifier(() => {
    isBack = true;
    return 'mismatch';
  });

  const change = { NewCustomKeyStoreName: 'renamed' };
  const policy = { mode: 'offline', accept: ['outage'], maxDisconnectWaitMs: 12_000 } as const;
  const result = await world.run({ store, change, policy, keyVerifier });

  expect(result).toMatchObject({
    outcome: 'unsettled',
    settings: 'new',
    after: { connectionState: 'CONNECTED' },
    reason: { code: 'KEY_MISMATCH' },
    nextCommands: [`cks describe ${store}`, `cks reconnect ${store}`],
  });
});

it('says first that there is nothing to do after a rollback, and names the cluster of the next try', async () => {
  const world = createWorld();
  const store = addCloudHsm(world);
  const CloudHsmClusterId = addClusterFromOldBackup(world);

  const result = await world.run({ store, change: { CloudHsmClusterId }, policy: { accept: ['outage'] } });

  expect(result).toMatchObject({ outcome: 'rolledBack', reason: { code: 'INVALID_CREDENTIALS' } });
  expect(result.reason?.remedy).toMatch(
    new RegExp(
      `^Nothing to do now: the store is CONNECTED with the old settings\\. Before you retry with cluster ${CloudHsmClusterId}: .*Disconnect, .*user change-password`,
    ),
  );
});

it('calls a move to another cluster not restorable once the store has connected to it', async () => {
  const world = createWorld();
  const store = addCloudHsm(world);
  const change = { CloudHsmClusterId: clusters(world).second };

  const { outcome, changes } = await world.run({ store, change, policy: { accept: ['outage'] } });

  expect([outcome, changes.map(({ restorable }) => restorable)]).toEqual(['updated', [false]]);
});
