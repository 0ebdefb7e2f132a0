/** CreateCustomKeyStore. A refused request creates nothing. */
import { requireUsableCluster } from '../clusters.ts';
import { refuse, refuseValues } from '../fault.ts';
import { keepEndpoint } from '../interpretations.ts';
import { cloudHsmProperties, externalProperties, type Input } from '../shapes.ts';
import type { CloudHsmBacking, ExternalBacking, Store } from '../store.ts';
import { requireFreeAddress, requireFreeName } from '../uniqueness.ts';
import { admitStore, type World } from '../world.ts';
import { requireHealthyProxy, requireUsableService } from './proxy-checks.ts';

type CreateInput = Input<'CreateCustomKeyStore'>;

const storeQuota = 10;
const cloudHsmMembers = ['TrustAnchorCertificate', ...cloudHsmProperties] as const;

export function createStore(world: World, input: CreateInput, nowMs: number): { CustomKeyStoreId: string } {
  const backing = input.CustomKeyStoreType === 'EXTERNAL_KEY_STORE' ? readExternal(world, input) : readCloudHsm(input);
  const stores = [...world.stores.values()];
  const twin = stores.find((store) => isTwin(store, input.CustomKeyStoreName, backing));
  if (twin) return { CustomKeyStoreId: twin.id };
  requireFreeName(stores, input.CustomKeyStoreName);
  if (stores.length >= storeQuota)
    refuse('LimitExceededException', `The quota of ${storeQuota} custom key stores is used up`);
  if (backing.type === 'AWS_CLOUDHSM') requireFreeCluster(world, stores, backing);
  else {
    requireFreeAddress(stores, backing);
    requireUsableService(world, backing);
    if (backing.connectivity === 'PUBLIC_ENDPOINT') requireHealthyProxy(world, backing, 'CreateCustomKeyStore');
  }
  return { CustomKeyStoreId: admitStore(world, input.CustomKeyStoreName, backing, nowMs).id };
}

/** Developer guide, "Create a CloudHSM key store": the same values as a disconnected store's give that store's id. */
function isTwin(store: Store, name: string, backing: CloudHsmBacking | ExternalBacking): boolean {
  return (
    store.backing.type === 'AWS_CLOUDHSM' &&
    backing.type === 'AWS_CLOUDHSM' &&
    store.connection.state === 'DISCONNECTED' &&
    store.name === name &&
    store.backing.clusterId === backing.clusterId &&
    store.backing.trustAnchorCertificate === backing.trustAnchorCertificate &&
    store.backing.password === backing.password
  );
}

function requireFreeCluster(world: World, stores: readonly Store[], backing: CloudHsmBacking): void {
  const cluster = requireUsableCluster(world.clusters.get(backing.clusterId), backing.clusterId);
  const related = stores.some(
    (store) =>
      store.backing.type === 'AWS_CLOUDHSM' &&
      world.clusters.get(store.backing.clusterId)?.certificate === cluster.certificate,
  );
  if (related)
    refuse('CloudHsmClusterInUseException', `Cluster ${cluster.id}, or a relative, belongs to another store`);
  if (cluster.trustAnchorCertificate.trim() !== backing.trustAnchorCertificate.trim()) {
    refuse('IncorrectTrustAnchorException', `The certificate is not the trust anchor of cluster ${cluster.id}`);
  }
}

function readCloudHsm(input: CreateInput): CloudHsmBacking {
  forbid(input, externalProperties, 'AWS_CLOUDHSM');
  const type = 'AWS_CLOUDHSM';
  return {
    type,
    clusterId: demand(input, 'CloudHsmClusterId', type),
    trustAnchorCertificate: demand(input, 'TrustAnchorCertificate', type),
    password: demand(input, 'KeyStorePassword', type),
    leftPasswords: {},
  };
}

function readExternal(world: World, input: CreateInput): ExternalBacking {
  const type = 'EXTERNAL_KEY_STORE';
  forbid(input, cloudHsmMembers, type);
  const credential = demand(input, 'XksProxyAuthenticationCredential', type);
  const common = {
    type,
    endpoint: keepEndpoint(world.interpretations, demand(input, 'XksProxyUriEndpoint', type)),
    path: demand(input, 'XksProxyUriPath', type),
    accessKeyId: credential.AccessKeyId,
    secret: credential.RawSecretAccessKey,
  } as const;
  const connectivity = demand(input, 'XksProxyConnectivity', type);
  if (connectivity === 'PUBLIC_ENDPOINT') {
    forbid(input, ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'], connectivity);
    return { ...common, connectivity };
  }
  return {
    ...common,
    connectivity,
    serviceName: demand(input, 'XksProxyVpcEndpointServiceName', connectivity),
    serviceOwner: input.XksProxyVpcEndpointServiceOwner ?? world.accountId,
  };
}

function demand<M extends keyof CreateInput>(input: CreateInput, member: M, kind: string): NonNullable<CreateInput[M]> {
  return input[member] ?? refuseValues(`${member} is required for ${kind}`);
}

function forbid(input: CreateInput, members: readonly (keyof CreateInput)[], kind: string): void {
  const found = members.find((member) => input[member] !== undefined);
  if (found) refuseValues(`${found} is not valid for ${kind}`);
}
