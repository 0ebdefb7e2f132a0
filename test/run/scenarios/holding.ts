/** The operator acts while the store is offline: what only they can set, or what has failed. */
import type { Check } from '../../../src/ports/checks.ts';
import { noProver } from '../../support/key-verifiers.ts';
import { giveUp, release } from '../../support/operators.ts';
import { callAsSomebodyElse, inState, type Scenario } from '../../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint, oldEndpoint } from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

/** Nobody answers, until the question is closed. */
const silent = {
  wait: (_held: unknown, signal: AbortSignal) =>
    new Promise<{ readonly kind: 'left' }>((resolve) =>
      signal.addEventListener('abort', () => resolve({ kind: 'left' })),
    ),
};

/** kmsuser's password, which can be set on the HSMs only while KMS is not logged in. */
const setPassword = {
  change: { KeyStorePassword: 'env:PASSWORD' },
  policy: { holdOffline: true, accept: ['outage', 'no-rollback'] },
} as const;

/** An endpoint whose proxy does not let KMS connect, as long as nobody mends it. */
function moveToBrokenProxy(world: World) {
  const store = addExternal(world);
  const proxy = world.simulator.addProxy({ endpoint: newEndpoint });
  world.when(inState(world, 'acting.connecting.calling', 'Connect'), () => {
    proxy.reachable = false;
  });
  const change = { XksProxyUriEndpoint: newEndpoint };
  const policy = { onFailure: 'hold', accept: ['outage', 'unverified-keys'] } as const;
  return { request: { store, change, policy }, proxy };
}

/** A connect fails, and the proxy that was left is gone by then, as far as anybody here can see. */
function burnBehind(world: World, status: 'failed' | 'unknown' = 'failed') {
  const { request } = moveToBrokenProxy(world);
  const run: Check['run'] = async (_store, { send }) =>
    send.XksProxyUriEndpoint === oldEndpoint
      ? { status, message: status === 'failed' ? 'the proxy is gone' : 'it cannot be connected to from here' }
      : { status: 'passed', message: 'it answers' };
  const policy = { ...request.policy, onFailure: 'rollback' } as const;
  return { ...request, policy, checks: [{ name: 'xks-proxy', checksRollback: true, run } as const] };
}

export const holding: readonly Scenario[] = [
  {
    name: 'a hold that nobody ends is rolled back after its limit',
    outcome: 'rolledBack',
    arrange(world) {
      const policy = { ...setPassword.policy, holdTimeoutMs: 1_800_000 } as const;
      return { store: addCloudHsm(world), ...setPassword, policy, operatorPrompt: silent };
    },
  },
  {
    name: 'a failed connect whose hold nobody ends is rolled back after the limit',
    outcome: 'rolledBack',
    arrange(world) {
      const { request } = moveToBrokenProxy(world);
      return { ...request, policy: { ...request.policy, holdTimeoutMs: 1_800_000 }, operatorPrompt: silent };
    },
  },
  {
    name: 'a hold that nobody ends strands where the operator had confirmed another kmsuser password',
    outcome: 'stranded',
    // Its prompt answers once, and then no more.
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      world.secrets.set('env:OLD_PASSWORD', world.simulator.cluster(clusters(world).first).kmsuser.password);
      let isFirst = true;
      const wait = async (held: unknown, signal: AbortSignal) => {
        if (!isFirst) return silent.wait(held, signal);
        isFirst = false;
        return { kind: 'released', correction: {}, accepted: [] } as const;
      };
      return {
        store,
        change: { KeyStorePassword: 'env:PASSWORD' },
        previous: { KeyStorePassword: 'env:OLD_PASSWORD' },
        policy: { finalState: 'connected', holdOffline: true, onFailure: 'hold', holdTimeoutMs: 1_800_000 },
        operatorPrompt: { wait },
      };
    },
  },
  {
    name: 'a store that the operator connects by hand after a failed connect is taken as wanted',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const { request, proxy } = moveToBrokenProxy(world);
      const act = () => {
        proxy.reachable = true;
        callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: request.store });
        world.clock.advance(400_000);
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: request.store });
        world.clock.advance(20_000);
      };
      return { ...request, operatorPrompt: release(act) };
    },
  },
  {
    name: 'old settings that are dead are not gone back to: the run holds, and goes on with a value that works',
    outcome: 'updated',
    arrange: (world) => ({
      ...burnBehind(world),
      operatorPrompt: release(undefined, { XksProxyUriEndpoint: 'https://third.xks.example.com' }),
    }),
  },
  {
    name: 'old settings that are dead are put back all the same where the hold is given up',
    outcome: 'rolledBack',
    arrange: (world) => ({ ...burnBehind(world), operatorPrompt: giveUp() }),
  },
  {
    name: 'old settings that nobody here can look at are put back: they worked before',
    outcome: 'rolledBack',
    arrange: (world) => burnBehind(world, 'unknown'),
  },
  {
    name: 'old settings that nobody here can look at are not gone back to where KMS could use no key with them before',
    outcome: 'updated',
    arrange: (world) => ({
      ...burnBehind(world, 'unknown'),
      keyVerifier: { ...noProver, prepare: async () => ({ canaries: [], keys: 1, keysFail: true }) },
      operatorPrompt: release(undefined, { XksProxyUriEndpoint: 'https://third.xks.example.com' }),
    }),
  },
  {
    name: 'a new kmsuser password is set on the HSMs while the run holds the store offline',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      const { first } = clusters(world);
      return {
        store,
        ...setPassword,
        operatorPrompt: release(() => world.simulator.setKmsuserPassword(first, 'newPassword1')),
      };
    },
  },
  {
    name: 'a DISCONNECTED store is held too, where the operator wants that',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      const { first } = clusters(world);
      const policy = { ...setPassword.policy, finalState: 'connected' } as const;
      const operatorPrompt = release(() => world.simulator.setKmsuserPassword(first, 'newPassword1'));
      return { store, ...setPassword, policy, operatorPrompt };
    },
  },
  {
    name: 'a store that shall stay DISCONNECTED does so after a hold',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world),
      policy: { finalState: 'disconnected', holdOffline: true, accept: ['outage'] },
      operatorPrompt: release(),
    }),
  },
  {
    name: 'a hold that is given up before the update brings the store back',
    outcome: 'cancelled',
    arrange: (world) => ({ store: addCloudHsm(world), ...setPassword, operatorPrompt: giveUp() }),
  },
  {
    name: 'a stop ends a hold',
    outcome: 'cancelled',
    arrange(world) {
      const operatorPrompt = giveUp(() => world.stop.abort());
      return { store: addCloudHsm(world), ...setPassword, operatorPrompt };
    },
  },
  {
    name: 'a hold that ends while KMS cannot be asked waits for KMS, and goes on',
    outcome: 'updated',
    // A resume whose first look gets no answer is refused.
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      const operatorPrompt = release(() => {
        world.cutOff('ExpiredTokenException', 120_000);
        world.simulator.setKmsuserPassword(clusters(world).first, 'newPassword1');
      });
      return { store, ...setPassword, operatorPrompt };
    },
  },
  {
    name: 'a stop while KMS cannot be asked cancels a hold that has sent nothing',
    outcome: 'cancelled',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      const operatorPrompt = release(() => {
        world.cutOff('ExpiredTokenException', 3_600_000);
        world.clock.at(world.clock.now() + 30_000, () => world.stop.abort());
      });
      return { store, ...setPassword, operatorPrompt };
    },
  },
  {
    name: 'a store that somebody connects while it is held strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world);
      const connect = () => callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store });
      return { store, ...setPassword, operatorPrompt: release(connect) };
    },
  },
  {
    name: 'credentials that expire while the store is held are waited for',
    outcome: 'updated',
    isVolatile: true,
    arrange(world) {
      const store = addCloudHsm(world);
      const { first } = clusters(world);
      let isFirst = true;
      const act = () => {
        if (isFirst) world.cutOff('ExpiredTokenException', 60_000);
        isFirst = false;
        world.simulator.setKmsuserPassword(first, 'newPassword1');
      };
      return { store, ...setPassword, operatorPrompt: release(act) };
    },
  },
  {
    name: 'a failed connect is held until the proxy is mended',
    outcome: 'updated',
    arrange(world) {
      const { request, proxy } = moveToBrokenProxy(world);
      const act = () => {
        proxy.reachable = true;
      };
      return { ...request, operatorPrompt: release(act) };
    },
  },
  {
    name: 'a failed connect is held until the operator names a better endpoint',
    outcome: 'updated',
    arrange(world) {
      const { request } = moveToBrokenProxy(world);
      return {
        ...request,
        operatorPrompt: release(undefined, { XksProxyUriEndpoint: 'https://better.xks.example.com' }),
      };
    },
  },
  {
    name: 'a failed connect whose hold is given up is rolled back',
    outcome: 'rolledBack',
    arrange: (world) => ({ ...moveToBrokenProxy(world).request, operatorPrompt: giveUp() }),
  },
  {
    name: 'a failed store that somebody disconnects while it is held is rolled back once it is DISCONNECTED',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const { request } = moveToBrokenProxy(world);
      const disconnect = () =>
        callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: request.store });
      return { ...request, operatorPrompt: giveUp(disconnect) };
    },
  },
  {
    name: 'an update that KMS refuses is held until its cause is mended',
    outcome: 'updated',
    arrange(world) {
      const proxy = world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
      const act = () => {
        proxy.reachable = true;
      };
      const policy = { onFailure: 'hold', accept: ['outage', 'unverified-keys'] } as const;
      return {
        store: addExternal(world),
        change: { XksProxyUriEndpoint: newEndpoint },
        policy,
        operatorPrompt: release(act),
      };
    },
  },
  {
    name: 'a connect that is refused is held until the cluster is mended',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      const { second } = clusters(world);
      const cluster = () => world.simulator.cluster(second);
      world.when(inState(world, 'acting.connecting.calling', 'Connect'), () => {
        cluster().state = 'UPDATE_IN_PROGRESS';
      });
      const act = () => {
        cluster().state = 'ACTIVE';
      };
      const policy = { onFailure: 'hold', accept: ['outage'] } as const;
      return { store, change: { CloudHsmClusterId: second }, policy, operatorPrompt: release(act) };
    },
  },
  {
    name: 'a refused login is tried once more when the operator says that the cluster was mended',
    outcome: 'updated',
    arrange(world) {
      const store = addCloudHsm(world);
      const other = world.simulator.addCluster({ restoredFrom: clusters(world).first, kmsuserPassword: 'other12' });
      const act = () =>
        world.simulator.setKmsuserPassword(other, world.simulator.cluster(clusters(world).first).kmsuser.password);
      const policy = { onFailure: 'hold', accept: ['outage'] } as const;
      return { store, change: { CloudHsmClusterId: other }, policy, operatorPrompt: release(act, {}, ['login']) };
    },
  },
  {
    name: 'a hold that is given up where the old password is known to nobody strands',
    outcome: 'stranded',
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { KeyStorePassword: 'env:PASSWORD' },
      policy: { finalState: 'connected', onFailure: 'hold', accept: ['no-rollback'] },
      operatorPrompt: giveUp(),
    }),
  },
  {
    name: 'a wrong kmsuser password is taken back where the previous one was given',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      world.secrets.set('env:OLD_PASSWORD', world.simulator.cluster(clusters(world).first).kmsuser.password);
      return {
        store,
        change: { KeyStorePassword: 'env:PASSWORD' },
        previous: { KeyStorePassword: 'env:OLD_PASSWORD' },
        policy: { finalState: 'connected' },
      };
    },
  },
];
