/** KMS cannot be asked while the store is not as it was found: the run waits, and goes on where it was. */
import { createKeyVerifier } from '../../support/key-verifiers.ts';
import { callAsSomebodyElse, inState, type Scenario } from '../../support/scenario.ts';
import {
  addCloudHsm,
  addExternal,
  moveCluster,
  movePath,
  moveToDeadCluster,
  newPath,
  rename,
} from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

type Operation = Parameters<typeof inState>[2];

/** Long enough for every patience to end. */
const longMs = 5 * 60_000;

/** A live change of the path that leads to other keys. */
const moveToOtherKeys = (world: World) => ({
  store: addExternal(world),
  ...movePath,
  keyVerifier: createKeyVerifier(({ settings }) => (settings.XksProxyUriPath === newPath ? 'mismatch' : 'verified')),
});

const cutOffIn = (
  state: string,
  operation: Operation,
  outcome: Scenario['outcome'],
  arrange: (world: World) => ReturnType<Scenario['arrange']> = moveCluster,
): Scenario => ({
  name: `credentials that expire in ${state} are waited for`,
  outcome,
  isVolatile: true,
  arrange(world) {
    const request = arrange(world);
    world.when(inState(world, `acting.${state}`, operation), () => world.cutOff('ExpiredTokenException', longMs));
    return request;
  },
});

export const waiting: readonly Scenario[] = [
  {
    name: 'a store that somebody connects while credentials have expired is not updated',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.updating', 'Update'), () => {
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: request.store });
        world.clock.at(world.clock.now() + 20_000, () => world.cutOff('ExpiredTokenException', longMs));
      });
      return request;
    },
  },
  {
    name: 'a store that somebody deletes while it is offline is not awaited forever',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const isWaiting = inState(world, 'acting.disconnecting.settling', 'Describe');
      const isOffline = () => world.simulator.store(request.store).ConnectionState === 'DISCONNECTED';
      world.when(
        (operation) => isWaiting(operation) && isOffline(),
        () => callAsSomebodyElse(world, 'DeleteCustomKeyStore', { CustomKeyStoreId: request.store }),
      );
      return request;
    },
  },
  {
    name: 'credentials that have expired before the first write refuse',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.disconnecting.calling', 'Disconnect'), () =>
        world.cutOff('ExpiredTokenException', longMs),
      );
      return request;
    },
  },
  {
    name: 'credentials that expire in the first wait refuse',
    outcome: 'refused',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTING' });
      world.when(inState(world, 'settlingFirst', 'Describe'), () => world.cutOff('ExpiredTokenException', longMs));
      return { store, change: rename };
    },
  },
  {
    name: 'a disconnect whose answer is lost with the network is found again',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.disconnecting.calling', 'Disconnect'), () =>
        world.cutOff('lostReplies', longMs),
      );
      return request;
    },
  },
  {
    name: 'a live update whose answer is lost with the network is found again',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      world.when(inState(world, 'acting.tryingLive', 'Update'), () => world.cutOff('lostReplies', longMs));
      return { store: addExternal(world), change: rename };
    },
  },
  {
    name: 'an update whose answer is lost with the network is found again, and not taken for a foreign hand',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.updating', 'Update'), () => world.cutOff('lostReplies', longMs));
      return request;
    },
  },
  {
    name: 'a connect whose answer is lost with the network counts as one login',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.connecting.calling', 'Connect'), () => world.cutOff('lostReplies', longMs));
      return request;
    },
  },
  {
    name: 'a store that somebody else connects while KMS cannot be asked strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.updating', 'Update'), () => {
        world.cutOff('ECONNREFUSED', longMs);
        world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: request.store }, 'somebody else');
      });
      return request;
    },
  },
  {
    name: 'a throttled account is waited for while the store is offline',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.updating', 'Update'), () =>
        world.simulator.failNext('UpdateCustomKeyStore', 'ThrottlingException', { times: 7 }),
      );
      return request;
    },
  },
  {
    name: 'a stop while KMS cannot be asked is heard afterwards',
    outcome: 'cancelled',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      world.when(inState(world, 'acting.disconnecting.settling', 'Describe'), () => {
        world.cutOff('ExpiredTokenException', longMs);
        world.clock.at(world.clock.now() + 30_000, () => world.stop.abort());
      });
      return request;
    },
  },
  cutOffIn('disconnecting.settling', 'Describe', 'updated'),
  cutOffIn('updating', 'Update', 'updated'),
  cutOffIn('connecting.calling', 'Connect', 'updated'),
  cutOffIn('connecting.settling', 'Describe', 'updated'),
  cutOffIn('confirmingSettings', 'Describe', 'updated'),
  cutOffIn('rollingBack.restoringLive', 'Update', 'rolledBack', moveToOtherKeys),
  cutOffIn('rollingBack.disconnecting.calling', 'Disconnect', 'rolledBack', moveToDeadCluster),
  cutOffIn('rollingBack.disconnecting.settling', 'Describe', 'rolledBack', moveToDeadCluster),
  cutOffIn('rollingBack.restoring', 'Update', 'rolledBack', moveToDeadCluster),
  cutOffIn('rollingBack.connecting.calling', 'Connect', 'rolledBack', moveToDeadCluster),
  cutOffIn('rollingBack.connecting.settling', 'Describe', 'rolledBack', moveToDeadCluster),
  cutOffIn('rollingBack.confirmingSettings', 'Describe', 'rolledBack', moveToDeadCluster),
];
