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

interface CutOff {
  readonly in: string;
  readonly before: Operation;
  readonly how?: Parameters<World['cutOff']>[0];
  readonly outcome: Scenario['outcome'];
  readonly arrange?: (world: World) => ReturnType<Scenario['arrange']>;
}

/** From the first such call in this state on, KMS cannot be asked for long. */
const cutOff = (
  name: string,
  { outcome, how = 'ExpiredTokenException', arrange = moveCluster, ...at }: CutOff,
): Scenario => ({
  name,
  outcome,
  isVolatile: true,
  arrange(world) {
    const request = arrange(world);
    world.when(inState(world, at.in, at.before), () => world.cutOff(how, longMs));
    return request;
  },
});

const outlastExpiry = (
  state: string,
  before: Operation,
  outcome: Scenario['outcome'],
  arrange: NonNullable<CutOff['arrange']> = moveCluster,
) => cutOff(`credentials that expire in ${state} are waited for`, { in: `acting.${state}`, before, outcome, arrange });

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
  cutOff('credentials that have expired before the first write refuse', {
    outcome: 'refused',
    in: 'acting.disconnecting.calling',
    before: 'Disconnect',
  }),
  cutOff('credentials that expire in the first wait refuse', {
    outcome: 'refused',
    in: 'settlingFirst',
    before: 'Describe',
    arrange: (world) => ({ store: addCloudHsm(world, { ConnectionState: 'DISCONNECTING' }), change: rename }),
  }),
  cutOff('a disconnect whose answer is lost with the network is found again', {
    outcome: 'updated',
    in: 'acting.disconnecting.calling',
    before: 'Disconnect',
    how: 'lostReplies',
  }),
  cutOff('a live update whose answer is lost with the network is found again', {
    outcome: 'updated',
    in: 'acting.tryingLive',
    before: 'Update',
    how: 'lostReplies',
    arrange: (world) => ({ store: addExternal(world), change: rename }),
  }),
  cutOff('an update whose answer is lost with the network is found again, and not taken for a foreign hand', {
    outcome: 'updated',
    in: 'acting.updating',
    before: 'Update',
    how: 'lostReplies',
  }),
  cutOff('a connect whose answer is lost with the network counts as one login', {
    outcome: 'updated',
    in: 'acting.connecting.calling',
    before: 'Connect',
    how: 'lostReplies',
  }),
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
  outlastExpiry('disconnecting.settling', 'Describe', 'updated'),
  outlastExpiry('updating', 'Update', 'updated'),
  outlastExpiry('connecting.calling', 'Connect', 'updated'),
  outlastExpiry('connecting.settling', 'Describe', 'updated'),
  outlastExpiry('confirmingSettings', 'Describe', 'updated'),
  outlastExpiry('rollingBack.restoringLive', 'Update', 'rolledBack', moveToOtherKeys),
  outlastExpiry('rollingBack.disconnecting.calling', 'Disconnect', 'rolledBack', moveToDeadCluster),
  outlastExpiry('rollingBack.disconnecting.settling', 'Describe', 'rolledBack', moveToDeadCluster),
  outlastExpiry('rollingBack.restoring', 'Update', 'rolledBack', moveToDeadCluster),
  outlastExpiry('rollingBack.connecting.calling', 'Connect', 'rolledBack', moveToDeadCluster),
  outlastExpiry('rollingBack.connecting.settling', 'Describe', 'rolledBack', moveToDeadCluster),
  outlastExpiry('rollingBack.confirmingSettings', 'Describe', 'rolledBack', moveToDeadCluster),
];
