/** The ways back, and what can stand in them. */
import type { KeyStore } from '../../../src/domain/key-store.ts';
import { createKeyVerifier } from '../../support/key-verifiers.ts';
import { before, callAsSomebodyElse, rejectLive, type Scenario } from '../../support/scenario.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  moveEndpoint,
  movePath,
  moveToDeadCluster,
  newEndpoint,
  newPath,
  newReference,
  oldEndpoint,
  oldReference,
} from '../../support/stores.ts';
import type { World } from '../../support/world.ts';

/** The new key source holds other keys, so the canary decrypts with the old settings only. */
const judgeMoved = ({ settings }: KeyStore) =>
  settings.XksProxyUriPath === newPath || settings.XksProxyUriEndpoint === newEndpoint ? 'mismatch' : 'verified';
const otherKeys = createKeyVerifier(judgeMoved);

const isBackOn = (world: World, store: string, cluster: string) => (operation: string) =>
  before(world, 'Connect', store)(operation) && world.simulator.store(store).CloudHsmClusterId === cluster;

export const rollingBack: readonly Scenario[] = [
  {
    name: 'a live update to other keys is taken back live',
    outcome: 'rolledBack',
    arrange: (world) => ({ store: addExternal(world), ...movePath, keyVerifier: otherKeys }),
  },
  {
    name: 'a live update of path and credential is taken back with the previous secret',
    outcome: 'rolledBack',
    arrange: (world) => ({
      store: addExternal(world),
      change: { ...movePath.change, XksProxyAuthenticationCredential: newReference },
      previous: { XksProxyAuthenticationCredential: oldReference },
      policy: movePath.policy,
      keyVerifier: otherKeys,
    }),
  },
  {
    name: 'a live update that cannot be taken back live goes offline for it, where an outage was accepted',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const isTakenBack = (operation: string) =>
        before(world, 'Update', store)(operation) &&
        world.simulator.store(store).XksProxyConfiguration?.UriPath === newPath;
      world.when(isTakenBack, () => rejectLive(world));
      return { store, change: movePath.change, policy: moveEndpoint.policy, keyVerifier: otherKeys };
    },
  },
  {
    name: 'a live update that KMS does not take back strands',
    outcome: 'stranded',
    arrange(world) {
      const store = addExternal(world);
      const keyVerifier = createKeyVerifier((observed) => {
        const judgement = judgeMoved(observed);
        if (judgement === 'mismatch') world.simulator.proxy(oldEndpoint).reachable = false;
        return judgement;
      });
      return { store, ...movePath, keyVerifier };
    },
  },
  {
    name: 'an offline update to other keys is taken back offline',
    outcome: 'rolledBack',
    arrange: (world) => ({ store: addExternal(world), ...moveEndpoint, keyVerifier: otherKeys }),
  },
  {
    name: 'a CloudHSM store that is CONNECTED with other keys is left so: its old cluster cannot be logged in to',
    outcome: 'stranded',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { accept: ['outage'] },
      keyVerifier: createKeyVerifier(() => 'mismatch'),
    }),
  },
  {
    name: 'a rollback whose disconnect is denied strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveToDeadCluster(world);
      const { store } = request;
      world.when(before(world, 'Disconnect', store, 'FAILED'), () =>
        world.simulator.failNext('DisconnectCustomKeyStore', 'AccessDeniedException', { times: 100 }),
      );
      return request;
    },
  },
  {
    name: 'a rollback that is still DISCONNECTING at the deadline is unsettled',
    outcome: 'unsettled',
    isVolatile: true,
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { CloudHsmClusterId: addClusterFromOldBackup(world) },
      policy: { finalState: 'connected', maxDisconnectWaitMs: 5_000 },
    }),
  },
  {
    name: 'a store that began DISCONNECTED is DISCONNECTED again after the rollback',
    outcome: 'rolledBack',
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { CloudHsmClusterId: addClusterFromOldBackup(world) },
      policy: { finalState: 'connected' },
    }),
  },
  {
    name: 'a store that began FAILED ends DISCONNECTED with the old settings',
    outcome: 'rolledBack',
    arrange(world) {
      world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
      const store = addExternal(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'XKS_PROXY_TIMED_OUT' });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a hand that connects the store while it is rolled back strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveToDeadCluster(world);
      const { store } = request;
      const old = clusters(world).first;
      world.when(
        (operation) =>
          before(world, 'Describe', store, 'DISCONNECTED')(operation) &&
          world.simulator.store(store).CloudHsmClusterId !== old,
        () => callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'old settings that KMS refuses strand',
    outcome: 'stranded',
    arrange(world) {
      const store = addExternal(world);
      world.when(before(world, 'Connect', store), () => {
        world.simulator.proxy(newEndpoint).reachable = false;
        world.simulator.proxy(oldEndpoint).reachable = false;
      });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a rollback whose connect is denied strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveToDeadCluster(world);
      const { store } = request;
      world.when(isBackOn(world, store, clusters(world).first), () =>
        world.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException', { times: 100 }),
      );
      return request;
    },
  },
  {
    name: 'a rollback that is still CONNECTING at the deadline is unsettled',
    outcome: 'unsettled',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE', { connectMs: 2_000 });
      return { store, change: moveEndpoint.change, policy: { ...moveEndpoint.policy, maxConnectWaitMs: 5_000 } };
    },
  },
  {
    name: 'a hand that disconnects the store while it is brought back strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveToDeadCluster(world);
      const { store } = request;
      const { first } = clusters(world);
      world.when(
        (operation) =>
          before(world, 'Describe', store, 'CONNECTING')(operation) &&
          world.simulator.store(store).CloudHsmClusterId === first &&
          world.trace.lines.at(-1)?.includes('CONNECTING') === true,
        () => callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'a rollback retries a connect that a retry may cure',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE');
      world.simulator.failNextConnect(store, 'NETWORK_ERRORS');
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a rollback that does not connect strands',
    outcome: 'stranded',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE', { times: 2 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'old settings that decrypt nothing either strand',
    outcome: 'stranded',
    arrange: (world) => ({
      store: addExternal(world),
      ...movePath,
      keyVerifier: createKeyVerifier(() => 'mismatch'),
    }),
  },
  {
    name: 'a hand that disconnects the store after the rollback strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      const keyVerifier = createKeyVerifier((observed) => {
        const judgement = judgeMoved(observed);
        if (judgement === 'verified')
          callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
        return judgement;
      });
      return { store, ...movePath, keyVerifier };
    },
  },
];
