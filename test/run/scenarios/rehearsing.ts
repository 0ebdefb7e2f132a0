/** Rehearsals: KMS connects a trial store with the new settings before the real one goes offline. */
import type { Change } from '../../../src/domain/change.ts';
import { trialConnectCheck } from '../../../src/domain/trial-connect.ts';
import { before, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint, newReference, oldReference } from '../../support/stores.ts';
import type { RunOrder, World } from '../../support/world.ts';
import { isThrowAway } from '../../support/world.ts';

const accept = ['outage', 'no-rollback', 'unverified-keys'] as const;
const move: Change = { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference };

function request(world: World, more: Partial<RunOrder> = {}): RunOrder {
  const { policy, ...others } = more;
  return { store: addExternal(world), change: move, policy: { trialConnect: true, accept, ...policy }, ...others };
}

/** While the trial store is in this state. */
const throwAwayIs = (world: World, state: string) => () =>
  world.simulator.describeWorld().stores.some((store) => isThrowAway(store) && store.ConnectionState === state);

const ways: readonly Scenario[] = [
  {
    name: 'a trial connect that KMS connects is deleted, and the update goes on',
    outcome: 'updated',
    arrange: (world) => request(world),
  },
  {
    name: 'a trial connect with the credential in force goes by the previous one',
    outcome: 'updated',
    arrange: (world) =>
      request(world, {
        change: { XksProxyUriEndpoint: newEndpoint },
        previous: { XksProxyAuthenticationCredential: oldReference },
      }),
  },
  {
    name: 'a trial connect that KMS cannot connect refuses, with the store untouched',
    outcome: 'refused',
    arrange(world) {
      world.when(before(world, 'Connect', ''), () => {
        const [trialStore] = world.simulator.describeWorld().stores.filter(isThrowAway);
        world.simulator.failNextConnect(trialStore?.CustomKeyStoreId ?? '', 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
      });
      return request(world);
    },
  },
  {
    name: 'a trial connect whose settings KMS does not take refuses',
    outcome: 'refused',
    arrange(world) {
      world.simulator.addProxy({ endpoint: newEndpoint, credentials: {} });
      return request(world);
    },
  },
  {
    name: 'a trial connect that this identity may not create is a risk of its own',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('CreateCustomKeyStore', 'AccessDeniedException', { times: 9 });
      return request(world);
    },
  },
  {
    name: 'a trial connect that could not be deleted again is not begun',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('DeleteCustomKeyStore', 'AccessDeniedException', { times: 9 });
      return request(world);
    },
  },
  {
    name: 'a trial connect beyond the quota of stores is passed over where that was accepted',
    outcome: 'updated',
    arrange(world) {
      for (let nth = 1; nth < 10; nth += 1) {
        const XksProxyUriPath = `/${nth}/kms/xks/v1`;
        addExternal(world, { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath });
      }
      return request(world, { policy: { accept: [...accept, 'unknown:trial-connect'] } });
    },
  },
  {
    name: 'a stop in the middle of a trial connect deletes the trial store and cancels',
    outcome: 'cancelled',
    arrange(world) {
      world.when(throwAwayIs(world, 'CONNECTING'), () => world.stop.abort());
      return request(world);
    },
  },
  {
    name: 'a stop while the trial store is created spares it the connect',
    outcome: 'cancelled',
    arrange(world) {
      world.when(before(world, 'Create', ''), () => world.stop.abort());
      return request(world);
    },
  },
  {
    name: 'a trial connect that KMS does not end in time refuses, and is deleted when it has ended',
    outcome: 'refused',
    isVolatile: true,
    arrange: (world) => request(world, { policy: { maxConnectWaitMs: 6_000 } }),
  },
  {
    name: 'a trial store whose answers get lost is found again',
    outcome: 'updated',
    arrange(world) {
      for (const operation of ['Create', 'Connect', 'Disconnect', 'Delete']) {
        world.when(throwAwayOrCreate(world, operation), () =>
          world.simulator.failNext(`${operation}CustomKeyStore`, 'ConnectionReset', { afterEffect: true }),
        );
      }
      return request(world);
    },
  },
  {
    name: 'a trial store that cannot be deleted any more refuses, and says how it is deleted',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      world.when(throwAwayIs(world, 'DISCONNECTING'), () =>
        world.simulator.failNext('DeleteCustomKeyStore', 'AccessDeniedException'),
      );
      return request(world);
    },
  },
  {
    name: 'a trial connect outlasts the checks, which are made again, and it is not repeated',
    outcome: 'updated',
    simulator: { durations: { connect: { EXTERNAL_KEY_STORE: 400_000 }, disconnect: { EXTERNAL_KEY_STORE: 250_000 } } },
    arrange: (world) => request(world),
  },
  {
    name: 'a CloudHSM store is not tried, and it says why',
    outcome: 'refused',
    arrange: (world) =>
      request(world, { store: addCloudHsm(world), change: { CloudHsmClusterId: clusters(world).second } }),
  },
  {
    name: 'a new credential at the same proxy cannot be tried, and goes live all the same',
    outcome: 'updated',
    arrange: (world) =>
      request(world, {
        change: { XksProxyAuthenticationCredential: newReference },
        policy: { accept: [...accept, `unknown:${trialConnectCheck}`] },
      }),
  },
  {
    name: 'a trial connect that is all that was asked for leaves the store as it is, and its keys alone',
    outcome: 'unchanged',
    arrange: (world) => request(world, { policy: { trialConnect: 'only' } }),
  },
  {
    name: 'a rename leaves nothing to try',
    outcome: 'updated',
    arrange: (world) => request(world, { change: { NewCustomKeyStoreName: 'renamed' } }),
  },
];

export const connectingTrialStore: readonly Scenario[] = ways.map((way) => ({ ...way, hasTriedConnect: true }));

/** Once the rights were probed: the call is about the trial store itself. */
function throwAwayOrCreate(world: World, operation: string) {
  return (called: string) =>
    called === `${operation}CustomKeyStore` &&
    (operation === 'Create' || world.simulator.describeWorld().stores.some(isThrowAway));
}
