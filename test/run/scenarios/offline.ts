/** The offline path: disconnect, update, connect, prove, verify. */

import { createKeyVerifier } from '../../support/key-verifiers.ts';
import { before, callAsSomebodyElse, type Scenario } from '../../support/scenario.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  moveCluster,
  moveEndpoint,
  newEndpoint,
  oldEndpoint,
  rename,
} from '../../support/stores.ts';

const outage = { accept: ['outage'] as const };

export const offline: readonly Scenario[] = [
  {
    name: 'a CloudHSM store moves to a related cluster',
    outcome: 'updated',
    arrange: moveCluster,
  },
  {
    name: 'an external store moves to another endpoint',
    outcome: 'updated',
    arrange: (world) => ({ store: addExternal(world), ...moveEndpoint }),
  },
  {
    name: 'a DISCONNECTED store is updated and stays DISCONNECTED',
    outcome: 'updated',
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { KeyStorePassword: 'env:PASSWORD' },
      policy: { accept: ['no-rollback'] },
    }),
  },
  {
    name: 'a FAILED store is cured by the change and connected',
    outcome: 'updated',
    arrange(world) {
      world.simulator.addProxy({ endpoint: oldEndpoint, reachable: false });
      const store = addExternal(world, {
        ConnectionState: 'FAILED',
        ConnectionErrorCode: 'XKS_PROXY_NOT_REACHABLE',
      });
      return { store, change: moveEndpoint.change, policy: { accept: ['unverified-keys'] } };
    },
  },
  {
    name: 'a reconnect goes through a disconnect and a connect',
    outcome: 'updated',
    arrange: (world) => ({ store: addCloudHsm(world), policy: { intent: 'reconnect', ...outage } }),
  },
  {
    name: 'a DISCONNECTED store is only connected by a reconnect',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world, { ConnectionState: 'DISCONNECTED' }),
      policy: { intent: 'reconnect' },
    }),
  },
  {
    name: 'a store is taken offline where that is the wanted state',
    outcome: 'updated',
    arrange: (world) => ({ store: addExternal(world), policy: { finalState: 'disconnected', ...outage } }),
  },
  {
    name: 'a public store moves behind a VPC endpoint service',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world),
      change: {
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyUriEndpoint: 'https://myproxy-private.xks.example.com',
        XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-example',
      },
      policy: moveEndpoint.policy,
    }),
  },
  {
    name: 'a store goes public, where KMS takes the empty service name',
    outcome: 'updated',
    arrange: (world) => ({
      store: addExternal(world, { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }),
      change: { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: newEndpoint },
      policy: moveEndpoint.policy,
    }),
  },
  {
    name: 'a store goes public, where KMS refuses the empty service name',
    outcome: 'updated',
    simulator: { interpretations: { emptyServiceName: 'rejected' } },
    arrange: (world) => ({
      store: addExternal(world, { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }),
      change: { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: newEndpoint },
      policy: moveEndpoint.policy,
    }),
  },
  {
    name: 'a disconnect that is denied changes nothing',
    outcome: 'refused',
    arrange(world) {
      const request = moveCluster(world);
      world.simulator.failNext('DisconnectCustomKeyStore', 'AccessDeniedException', { times: 10 });
      return request;
    },
  },
  {
    name: 'a store that is still DISCONNECTING at the deadline is unsettled',
    outcome: 'unsettled',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { ...outage, maxDisconnectWaitMs: 5_000 },
    }),
    isVolatile: true,
  },
  {
    name: 'a store that somebody else connects while it is offline strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(before(world, 'Describe', store, 'DISCONNECTED'), () =>
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'a stop while the store goes offline brings it back',
    outcome: 'cancelled',
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(before(world, 'Describe', store, 'DISCONNECTING'), () => world.stop.abort());
      return request;
    },
  },
  {
    name: 'a stop after the update goes forward',
    outcome: 'updated',
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(before(world, 'Connect', store), () => world.stop.abort());
      return request;
    },
  },
  {
    name: 'an update that KMS refuses for a DISCONNECTED store changes nothing',
    outcome: 'refused',
    arrange(world) {
      addExternal(world, { CustomKeyStoreName: 'taken', XksProxyUriEndpoint: newEndpoint });
      return {
        store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
        change: { NewCustomKeyStoreName: 'taken' },
      };
    },
  },
  {
    name: 'a hand that connects the store just before the update strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(before(world, 'Update', store), () =>
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'an update that KMS refuses while the store is offline brings it back',
    outcome: 'rolledBack',
    arrange(world) {
      world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
      return { store: addExternal(world), ...moveEndpoint };
    },
  },
  {
    name: 'a connect that is refused changes nothing where nothing was sent before',
    outcome: 'refused',
    arrange(world) {
      const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
      world.simulator.cluster(clusters(world).first).state = 'UPDATE_IN_PROGRESS';
      return { store, policy: { intent: 'reconnect' } };
    },
  },
  {
    name: 'a hand that connects the store just before our connect strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(before(world, 'Connect', store), () =>
        callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'a connect that is refused after the update is rolled back',
    outcome: 'rolledBack',
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      const { second } = clusters(world);
      world.when(before(world, 'Connect', store), () => {
        world.simulator.cluster(second).state = 'UPDATE_IN_PROGRESS';
      });
      return request;
    },
  },
  {
    name: 'a store that is still CONNECTING at the deadline is unsettled',
    outcome: 'unsettled',
    isVolatile: true,
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { ...outage, maxConnectWaitMs: 5_000 },
    }),
  },
  {
    name: 'a store that somebody else disconnects while it connects strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      world.when(
        (operation) =>
          before(world, 'Describe', store, 'CONNECTING')(operation) &&
          world.trace.lines.at(-1)?.includes('CONNECTING ×2') === true,
        () => callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store }),
      );
      return request;
    },
  },
  {
    name: 'a failed connect that a retry may cure is tried again',
    outcome: 'updated',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'NETWORK_ERRORS');
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a failed connect is retried twice at most, then rolled back',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'XKS_PROXY_TIMED_OUT', { times: 3 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a connect that has failed before anybody looks is not taken for a stale read',
    outcome: 'rolledBack',
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE', { connectMs: 10 });
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a retry whose disconnect is denied strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world);
      world.simulator.failNextConnect(store, 'NETWORK_ERRORS');
      world.when(before(world, 'Disconnect', store, 'FAILED'), () =>
        world.simulator.failNext('DisconnectCustomKeyStore', 'AccessDeniedException', { times: 100 }),
      );
      return { store, ...moveEndpoint };
    },
  },
  {
    name: 'a cluster whose kmsuser has another password is rolled back from, after one login',
    outcome: 'rolledBack',
    arrange: (world) => ({
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: addClusterFromOldBackup(world) },
      policy: outage,
    }),
  },
  {
    name: 'a wrong kmsuser password strands after one login: the old one is known to nobody',
    outcome: 'stranded',
    arrange: (world) => ({
      store: addCloudHsm(world, { ConnectionState: 'DISCONNECTED' }),
      change: { KeyStorePassword: 'env:PASSWORD' },
      policy: { finalState: 'connected', accept: ['no-rollback'] },
    }),
  },
  {
    name: 'stale reads after every call are waited out',
    outcome: 'updated',
    arrange(world) {
      const request = moveCluster(world);
      world.simulator.staleReadsForMs = 8_000;
      return request;
    },
  },
  {
    name: 'settings that never show are rolled back',
    outcome: 'rolledBack',
    isVolatile: true,
    arrange(world) {
      const store = addExternal(world, { ConnectionState: 'DISCONNECTED' });
      world.simulator.staleReadsForMs = 400_000;
      world.when(
        (operation) =>
          before(world, 'Update', store)(operation) &&
          world.trace.lines.at(-1)?.startsWith('acting.rollingBack') === true,
        () => {
          world.simulator.staleReadsForMs = 0;
        },
      );
      return { store, change: rename };
    },
  },
  {
    name: 'a store that somebody else disconnects at the end strands',
    outcome: 'stranded',
    isVolatile: true,
    arrange(world) {
      const request = moveCluster(world);
      const { store } = request;
      const keyVerifier = createKeyVerifier(() => {
        callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
        return 'verified';
      });
      return { ...request, keyVerifier };
    },
  },
];
