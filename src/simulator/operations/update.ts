/**
 * UpdateCustomKeyStore: all or nothing. Nothing is written before every check has passed; whether the state is judged before
 * the values is a matter of reading.
 */
import { requireUsableCluster } from '../clusters.ts';
import { refuse, refuseValues } from '../fault.ts';
import { keepEndpoint, liveProperties, type UpdateProperty } from '../interpretations.ts';
import { type ConnectionState, cloudHsmProperties, externalProperties, type Input } from '../shapes.ts';
import type { CloudHsmBacking, ExternalBacking, Store } from '../store.ts';
import { requireFreeAddress, requireFreeName } from '../uniqueness.ts';
import { requireState, requireStore, type World } from '../world.ts';
import { requireHealthyProxy, requireUsableService } from './proxy-checks.ts';

type UpdateInput = Input<'UpdateCustomKeyStore'>;

const updatableStates = ['CONNECTED', 'DISCONNECTED'] as const;

export function updateStore(world: World, input: UpdateInput, nowMs: number): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  const properties = (Object.keys(input) as (keyof UpdateInput)[]).filter((key) => key !== 'CustomKeyStoreId');
  const isStateFirst = world.interpretations.updateOrder === 'stateFirst';
  const known = world.staleViews.writeState(store, nowMs);
  if (isStateFirst) requireUpdatable(world, store, properties, known);
  if (properties.length === 0) refuseValues('At least one property to update is required');
  const backing =
    store.backing.type === 'AWS_CLOUDHSM'
      ? changeCloudHsm(world, store.backing, input)
      : changeExternal(world, store.backing, input);
  if (!isStateFirst) requireUpdatable(world, store, properties, known);
  const others = [...world.stores.values()].filter((other) => other !== store);
  if (input.NewCustomKeyStoreName !== undefined) requireFreeName(others, input.NewCustomKeyStoreName);
  if (backing.type === 'EXTERNAL_KEY_STORE') requireUsableProxy(world, store, others, backing);
  else requireRelatedCluster(world, store, backing.clusterId);
  store.name = input.NewCustomKeyStoreName ?? store.name;
  store.backing = backing;
  return {};
}

function requireUpdatable(
  world: World,
  store: Store,
  properties: readonly UpdateProperty[],
  known: ConnectionState,
): void {
  const { updateWhileFailed } = world.interpretations;
  const states = updateWhileFailed === 'refused' ? updatableStates : [...updatableStates, 'FAILED' as const];
  requireState(store, states, 'UpdateCustomKeyStore', known);
  const state = store.connection.state === 'DISCONNECTED' ? known : store.connection.state;
  if (state === 'DISCONNECTED' || (state === 'FAILED' && updateWhileFailed === 'accepted')) return;
  const live = liveProperties(world.interpretations, store.backing.type);
  const offline = properties.filter((property) => !live.includes(property));
  if (offline.length === 0) return;
  const message = `To update ${offline.join(', ')}, custom key store ${store.id} must be DISCONNECTED; it is ${state}`;
  refuse('CustomKeyStoreInvalidStateException', message);
}

function changeCloudHsm(world: World, before: CloudHsmBacking, input: UpdateInput): CloudHsmBacking {
  forbid(input, externalProperties, 'AWS_CLOUDHSM');
  const clusterId = input.CloudHsmClusterId ?? before.clusterId;
  const leftPasswords =
    clusterId === before.clusterId
      ? before.leftPasswords
      : { ...before.leftPasswords, [before.clusterId]: before.password };
  const kept = world.interpretations.kmsuserPassword === 'perCluster' ? leftPasswords[clusterId] : undefined;
  const password = input.KeyStorePassword ?? (clusterId === before.clusterId ? undefined : kept) ?? before.password;
  return { ...before, clusterId, leftPasswords, password };
}

function changeExternal(world: World, before: ExternalBacking, input: UpdateInput): ExternalBacking {
  forbid(input, cloudHsmProperties, 'EXTERNAL_KEY_STORE');
  const connectivity = input.XksProxyConnectivity ?? before.connectivity;
  const moves = connectivity !== before.connectivity;
  if (moves && input.XksProxyUriEndpoint === undefined) refuseValues(`${connectivity} needs a new XksProxyUriEndpoint`);
  const common = {
    ...before,
    connectivity,
    endpoint: input.XksProxyUriEndpoint
      ? keepEndpoint(world.interpretations, input.XksProxyUriEndpoint)
      : before.endpoint,
    path: input.XksProxyUriPath ?? before.path,
    accessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? before.accessKeyId,
    secret: input.XksProxyAuthenticationCredential?.RawSecretAccessKey ?? before.secret,
  };
  if (connectivity === 'PUBLIC_ENDPOINT') {
    requireEmptyServiceName(world, input, moves);
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

function requireEmptyServiceName(world: World, input: UpdateInput, moves: boolean): void {
  const isGiven = input.XksProxyVpcEndpointServiceName !== undefined;
  const { emptyServiceName } = world.interpretations;
  if (emptyServiceName === 'required' && moves && !isGiven) {
    refuseValues('PUBLIC_ENDPOINT needs a null or empty XksProxyVpcEndpointServiceName');
  }
  if (emptyServiceName === 'omitted' && isGiven) {
    refuseValues('XksProxyVpcEndpointServiceName is not valid for PUBLIC_ENDPOINT');
  }
}

function requireUsableProxy(world: World, store: Store, others: readonly Store[], backing: ExternalBacking): void {
  requireFreeAddress(others, backing);
  requireUsableService(world, backing);
  const isAsked =
    backing.connectivity === 'PUBLIC_ENDPOINT' ||
    store.connection.state === 'CONNECTED' ||
    world.interpretations.vpcProxyAsked === 'always';
  if (isAsked) requireHealthyProxy(world, backing, 'UpdateCustomKeyStore');
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
