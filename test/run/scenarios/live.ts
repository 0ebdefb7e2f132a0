/** The live attempt: KMS is the judge. */

import { createCredentialsCheck } from '../../../src/checks/credentials.ts';
import { warnWithoutOutage } from '../../../src/checks/without-outage.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import { before, callAsSomebodyElse, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, newReference, oldReference, rename } from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

/** A check that cannot decide: that is a risk only where the store goes offline. */
const unclearWeather = warnWithoutOutage({
  name: 'weather',
  run: async () => ({ status: 'unknown', message: 'it is dark' }),
});

/** The AWS credentials end in a minute. */
const expiringCredentials = ({ clock }: World) =>
  createCredentialsCheck(
    async () => ({ expiresAtMs: clock.now() + 60_000, isRenewed: false, isTemporary: true }),
    defaultPolicy,
    clock,
  );

const rotate = {
  change: { XksProxyAuthenticationCredential: newReference },
  previous: { XksProxyAuthenticationCredential: oldReference },
};

export const live: readonly Scenario[] = [
  {
    name: 'an update whose answer was lost is not called unsent where somebody else has changed the store since',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Update', store), () => {
        world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { afterEffect: true });
        world.when(before(world, 'Describe', store), () =>
          callAsSomebodyElse(world, 'UpdateCustomKeyStore', {
            CustomKeyStoreId: store,
            NewCustomKeyStoreName: 'theirs',
          }),
        );
      });
      return { store, change: { NewCustomKeyStoreName: 'renamed' } };
    },
  },
  {
    name: 'a credential is rotated with no outage',
    outcome: 'updated',
    arrange: (world) => ({ store: addExternal(world), ...rotate }),
  },
  {
    name: 'a CloudHSM rename goes live where KMS takes it',
    outcome: 'updated',
    simulator: { interpretations: { cloudHsmRenameLive: true } },
    arrange: (world) => ({ store: addCloudHsm(world), change: rename }),
  },
  {
    name: 'a CloudHSM rename that KMS refuses live goes offline, where an outage was accepted',
    outcome: 'updated',
    arrange: (world) => ({ store: addCloudHsm(world), change: rename, policy: { accept: ['outage'] } }),
  },
  {
    name: 'a CloudHSM rename that KMS refuses live is refused, where no outage was accepted',
    outcome: 'refused',
    arrange: (world) => ({ store: addCloudHsm(world), change: rename }),
  },
  {
    name: 'a live change with an accepted outage is refused until the risks of that outage are accepted too',
    outcome: 'refused',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      policy: { accept: ['outage'] },
      checks: [unclearWeather, expiringCredentials(world)],
    }),
  },
  {
    name: 'a live change with an accepted outage and its risks goes offline where KMS refuses it live',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      policy: { accept: ['outage', 'unknown:weather', 'expiring-credentials'] },
      checks: [unclearWeather, expiringCredentials(world)],
    }),
  },
  {
    name: 'a live change without an accepted outage needs no risk of one',
    outcome: 'updated',
    simulator: { interpretations: { cloudHsmRenameLive: true } },
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: rename,
      checks: [unclearWeather, expiringCredentials(world)],
    }),
  },
  {
    name: 'a live change that KMS refuses stays online with --mode live, though an outage was accepted',
    outcome: 'refused',
    arrange: (world) => ({ store: addCloudHsm(world), change: rename, policy: { mode: 'live', accept: ['outage'] } }),
  },
  {
    name: 'a stop during the live attempt keeps the store online',
    outcome: 'cancelled',
    arrange(world) {
      const store = addCloudHsm(world);
      world.when(before(world, 'Update', store), () => world.stop.abort());
      return { store, change: rename, policy: { accept: ['outage'] } };
    },
  },
  {
    name: 'a refusal of KMS leaves a CONNECTED store as it was',
    outcome: 'refused',
    arrange(world) {
      world.simulator.addStore({ CustomKeyStoreName: 'taken' });
      return { store: addExternal(world), change: { NewCustomKeyStoreName: 'taken' } };
    },
  },
  {
    name: 'a lost reply is settled by Describe',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { afterEffect: true });
      return { store, change: rename };
    },
  },
  {
    name: 'a lost request is sent again',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset');
      return { store, change: rename };
    },
  },
  {
    name: 'a secret that Describe cannot show is settled by sending it again',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { afterEffect: true });
      const change = { XksProxyAuthenticationCredential: { ...newReference, AccessKeyId: oldReference.AccessKeyId } };
      return { store, change, policy: { accept: ['no-rollback'] } };
    },
  },
  {
    name: 'an update whose fate nobody can tell strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.secrets.set('env:SAME_ID', 's'.repeat(43));
      world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { times: 100 });
      return {
        store,
        change: {
          XksProxyAuthenticationCredential: { ...oldReference, RawSecretAccessKey: 'env:SAME_ID' },
        },
        policy: { accept: ['no-rollback'] },
      };
    },
  },
];
