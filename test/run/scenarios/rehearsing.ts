/** Rehearsals: KMS connects a throw-away store with the new settings before the real one goes offline. */
import type { Change } from '../../../src/domain/change.ts';
import { rehearsalCheck } from '../../../src/domain/rehearsal.ts';
import { before, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint, newReference, oldReference } from '../../support/stores.ts';
import type { RunOrder, World } from '../../support/world.ts';
import { isThrowAway } from '../../support/world.ts';

const accept = ['outage', 'no-rollback', 'unproven-keys'] as const;
const move: Change = { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference };

function order(world: World, more: Partial<RunOrder> = {}): RunOrder {
  const { policy, ...others } = more;
  return { store: addExternal(world), change: move, policy: { rehearse: true, accept, ...policy }, ...others };
}

/** While the throw-away store is in this state. */
const throwAwayIs = (world: World, state: string) => () =>
  world.simulator.describeWorld().stores.some((store) => isThrowAway(store) && store.ConnectionState === state);

const ways: readonly Scenario[] = [
  {
    name: 'a rehearsal that KMS connects is deleted, and the update goes on',
    outcome: 'updated',
    arrange: (world) => order(world),
  },
  {
    name: 'a rehearsal with the credential in force goes by the previous one',
    outcome: 'updated',
    arrange: (world) =>
      order(world, {
        change: { XksProxyUriEndpoint: newEndpoint },
        previous: { XksProxyAuthenticationCredential: oldReference },
      }),
  },
  {
    name: 'a rehearsal that KMS cannot connect refuses, with the store untouched',
    outcome: 'refused',
    arrange(world) {
      world.when(before(world, 'Connect', ''), () => {
        const [throwAway] = world.simulator.describeWorld().stores.filter(isThrowAway);
        world.simulator.failNextConnect(throwAway?.CustomKeyStoreId ?? '', 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
      });
      return order(world);
    },
  },
  {
    name: 'a rehearsal whose settings KMS does not take refuses',
    outcome: 'refused',
    arrange(world) {
      world.simulator.addProxy({ endpoint: newEndpoint, credentials: {} });
      return order(world);
    },
  },
  {
    name: 'a rehearsal that this identity may not create is a risk of its own',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('CreateCustomKeyStore', 'AccessDeniedException', { times: 9 });
      return order(world);
    },
  },
  {
    name: 'a rehearsal that could not be deleted again is not begun',
    outcome: 'refused',
    arrange(world) {
      world.simulator.failNext('DeleteCustomKeyStore', 'AccessDeniedException', { times: 9 });
      return order(world);
    },
  },
  {
    name: 'a rehearsal beyond the quota of stores is passed over where that was accepted',
    outcome: 'updated',
    arrange(world) {
      for (let nth = 1; nth < 10; nth += 1) {
        const XksProxyUriPath = `/${nth}/kms/xks/v1`;
        addExternal(world, { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath });
      }
      return order(world, { policy: { accept: [...accept, 'unknown:rehearsal'] } });
    },
  },
  {
    name: 'a stop in the middle of a rehearsal deletes the throw-away store and cancels',
    outcome: 'cancelled',
    arrange(world) {
      world.when(throwAwayIs(world, 'CONNECTING'), () => world.stop.abort());
      return order(world);
    },
  },
  {
    name: 'a stop while the throw-away store is created spares it the connect',
    outcome: 'cancelled',
    arrange(world) {
      world.when(before(world, 'Create', ''), () => world.stop.abort());
      return order(world);
    },
  },
  {
    name: 'a rehearsal that KMS does not end in time refuses, and is deleted when it has ended',
    outcome: 'refused',
    isVolatile: true,
    arrange: (world) => order(world, { policy: { connectDeadlineMs: 6_000 } }),
  },
  {
    name: 'a throw-away store whose answers get lost is found again',
    outcome: 'updated',
    arrange(world) {
      for (const operation of ['Create', 'Connect', 'Disconnect', 'Delete']) {
        world.when(throwAwayOrCreate(world, operation), () =>
          world.simulator.failNext(`${operation}CustomKeyStore`, 'ConnectionReset', { afterEffect: true }),
        );
      }
      return order(world);
    },
  },
  {
    name: 'a throw-away store that cannot be deleted any more refuses, and says how it is deleted',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      world.when(throwAwayIs(world, 'DISCONNECTING'), () =>
        world.simulator.failNext('DeleteCustomKeyStore', 'AccessDeniedException'),
      );
      return order(world);
    },
  },
  {
    name: 'a rehearsal outlasts the checks, which are made again, and it is not repeated',
    outcome: 'updated',
    simulator: { durations: { connect: { EXTERNAL_KEY_STORE: 400_000 }, disconnect: { EXTERNAL_KEY_STORE: 250_000 } } },
    arrange: (world) => order(world),
  },
  {
    name: 'a CloudHSM store is not rehearsed, and it says why',
    outcome: 'refused',
    arrange: (world) =>
      order(world, { store: addCloudHsm(world), change: { CloudHsmClusterId: clusters(world).second } }),
  },
  {
    name: 'a new credential at the same proxy cannot be rehearsed, and goes live all the same',
    outcome: 'updated',
    arrange: (world) =>
      order(world, {
        change: { XksProxyAuthenticationCredential: newReference },
        policy: { accept: [...accept, `unknown:${rehearsalCheck}`] },
      }),
  },
  {
    name: 'a rehearsal that is all that was asked for leaves the store as it is, and its keys alone',
    outcome: 'unchanged',
    arrange: (world) => order(world, { policy: { rehearse: 'only' } }),
  },
  {
    name: 'a rename leaves nothing to rehearse',
    outcome: 'updated',
    arrange: (world) => order(world, { change: { NewCustomKeyStoreName: 'renamed' } }),
  },
];

export const rehearsing: readonly Scenario[] = ways.map((way) => ({ ...way, isRehearsed: true }));

/** Once the rights were probed: the call is about the throw-away store itself. */
function throwAwayOrCreate(world: World, operation: string) {
  return (called: string) =>
    called === `${operation}CustomKeyStore` &&
    (operation === 'Create' || world.simulator.describeWorld().stores.some(isThrowAway));
}
