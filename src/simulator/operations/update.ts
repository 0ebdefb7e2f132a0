/**
 * UpdateCustomKeyStore: all or nothing. The values are judged before the state, and nothing is written before every check
 * has passed.
 */
import { requireUsableCluster } from '../clusters.ts';
import { refuse, refuseValues } from '../fault.ts';
import { liveProperties, type UpdateProperty } from '../readings.ts';
import { cloudHsmProperties, externalProperties, type Input } from '../shapes.ts';
import type { CloudHsmBacking, ExternalBacking, Store } from '../store.ts';
import { requireFreeAddress, requireFreeName } from '../uniqueness.ts';
import { requireState, requireStore, type World } from '../world.ts';
import { requireHealthyProxy, requireUsableService } from './proxy-checks.ts';

type UpdateInput = Input<'UpdateCustomKeyStore'>;

export function updateStore(world: World, input: UpdateInput): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  const properties = (Object.keys(input) as (keyof UpdateInput)[]).filter((key) => key !== 'CustomKeyStoreId');
  if (properties.length === 0) refuseValues('At least one property to update is required');
  const backing =
    store.backing.type === 'AWS_CLOUDHSM'
      ? changeCloudHsm(store.backing, input)
      : changeExternal(world, store.backing, input);
  requireUpdatable(world, store, properties);
  const others = [...world.stores.values()].filter((other) => other !== store);
  if (input.NewCustomKeyStoreName !== undefined) requireFreeName(others, input.NewCustomKeyStoreName);
  if (backing.type === 'EXTERNAL_KEY_STORE') requireUsableProxy(world, store, others, backing);
  else requireRelatedCluster(world, store, backing.clusterId);
  store.name = input.NewCustomKeyStoreName ?? store.name;
  store.backing = backing;
  return {};
}

function requireUpdatable(world: World, store: Store, properties: readonly UpdateProperty[]): void {
  requireState(store, ['CONNECTED', 'DISCONNECTED'], 'UpdateCustomKeyStore');
  if (store.connection.state === 'DISCONNECTED') return;
  const live = liveProperties(world.readings, store.backing.type);
  const offline = properties.filter((property) => !live.includes(property));
  if (offline.length === 0) return;
  const message = `To update ${offline.join(', ')}, custom key store ${store.id} must be DISCONNECTED; it is CONNECTED`;
  refuse('CustomKeyStoreInvalidStateException', message);
}

function changeCloudHsm(before: CloudHsmBacking, input: UpdateInput): CloudHsmBacking {
  forbid(input, externalProperties, 'AWS_CLOUDHSM');
  return {
    ...before,
    clusterId: input.CloudHsmClusterId ?? before.clusterId,
    password: input.KeyStorePassword ?? before.password,
  };
}

function changeExternal(world: World, before: ExternalBacking, input: UpdateInput): ExternalBacking {
  forbid(input, cloudHsmProperties, 'EXTERNAL_KEY_STORE');
  const connectivity = input.XksProxyConnectivity ?? before.connectivity;
  const moves = connectivity !== before.connectivity;
  if (moves && input.XksProxyUriEndpoint === undefined) refuseValues(`${connectivity} needs a new XksProxyUriEndpoint`);
  const common = {
    ...before,
    connectivity,
    endpoint: input.XksProxyUriEndpoint ?? before.endpoint,
    path: input.XksProxyUriPath ?? before.path,
    accessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? before.accessKeyId,
    secret: input.XksProxyAuthenticationCredential?.RawSecretAccessKey ?? before.secret,
  };
  if (connectivity === 'PUBLIC_ENDPOINT') {
    if (input.XksProxyVpcEndpointServiceName || input.XksProxyVpcEndpointServiceOwner !== undefined) {
      refuseValues('PUBLIC_ENDPOINT has no VPC endpoint service: its name must be null or empty, its owner absent');
    }
    return { ...common, serviceName: undefined, serviceOwner: undefined };
  }
  const serviceName = input.XksProxyVpcEndpointServiceName ?? before.serviceName;
  if (!serviceName) refuseValues('VPC_ENDPOINT_SERVICE needs an XksProxyVpcEndpointServiceName');
  const serviceOwner = input.XksProxyVpcEndpointServiceOwner ?? before.serviceOwner ?? world.accountId;
  return { ...common, serviceName, serviceOwner };
}

function requireUsableProxy(world: World, store: Store, others: readonly Store[], backing: ExternalBacking): void {
  requireFreeAddress(others, backing);
  requireUsableService(world, backing);
  // Nothing leads to a VPC endpoint service before the store is connected: only then can its proxy be asked.
  if (backing.connectivity === 'PUBLIC_ENDPOINT' || store.connection.state === 'CONNECTED')
    requireHealthyProxy(world, backing);
}

/** CloudHsmClusterInvalidConfigurationException asks two HSMs of every Update, so a rename meets this check too. */
function requireRelatedCluster(world: World, store: Store, clusterId: string): void {
  if (store.backing.type !== 'AWS_CLOUDHSM') return;
  const cluster = requireUsableCluster(world.clusters.get(clusterId), clusterId);
  if (world.clusters.get(store.backing.clusterId)?.certificate !== cluster.certificate) {
    refuse(
      'CloudHsmClusterNotRelatedException',
      `Cluster ${clusterId} has another cluster certificate than the original`,
    );
  }
}

function forbid(input: UpdateInput, properties: readonly UpdateProperty[], type: string): void {
  const found = properties.find((property) => input[property] !== undefined);
  if (found) refuseValues(`${found} is not valid for a custom key store of type ${type}`);
}
