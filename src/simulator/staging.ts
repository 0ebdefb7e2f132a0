/**
 * Puts a store on the stage as if it had lived before: in any state, with any settings, without a single call. What KMS
 * never allows for two stores at once stays forbidden, so that no test starts in an impossible world.
 */
import { admitGrant } from './grant.ts';
import type { GrantTerms } from './key.ts';
import { type KeyBacking, known } from './key.ts';
import { partitionOf } from './partition.ts';
import { alphabets } from './random.ts';
import type { ConnectionState, CustomKeyStoreType, FailureCode, Input } from './shapes.ts';
import type { CloudHsmBacking, Connection, ExternalBacking, Store } from './store.ts';
import { markConnected, startConnect, startDisconnect } from './transitions.ts';
import { requireFreeAddress, requireFreeName } from './uniqueness.ts';
import { admitAlias, admitKey, admitStore, keysOf, makeClusterKey, type World } from './world.ts';

/** CreateCustomKeyStore's members, all optional, and what a store gets only by living. */
export type StoreDescription = Partial<Input<'CreateCustomKeyStore'>> & {
  readonly CustomKeyStoreId?: string;
  /** Default DISCONNECTED. CONNECTED rotates kmsuser's password, as the connect that led there did. */
  readonly ConnectionState?: ConnectionState;
  /** Shown while FAILED; default INTERNAL_ERROR. */
  readonly ConnectionErrorCode?: FailureCode;
  /** How many KMS keys it holds, or which. */
  readonly keys?: number | readonly KeyDescription[];
};

/** Adds the store and gives its id. @throws SimulatorFault where it clashes with another store; RangeError for an unknown cluster */
export function stageStore(world: World, description: StoreDescription, nowMs: number): string {
  const type: CustomKeyStoreType = description.CustomKeyStoreType ?? 'AWS_CLOUDHSM';
  const others = [...world.stores.values()];
  const name = description.CustomKeyStoreName ?? `store-${world.nextOrdinal + 1}`;
  requireFreeName(others, name);
  const backing =
    type === 'AWS_CLOUDHSM' ? stageCloudHsm(world, others, description) : stageExternal(world, description);
  if (backing.type === 'EXTERNAL_KEY_STORE') requireFreeAddress(others, backing);
  const store = admitStore(world, name, backing, nowMs, description.CustomKeyStoreId);
  const { keys = 0 } = description;
  for (const key of typeof keys === 'number' ? new Array<KeyDescription>(keys).fill({}) : keys) {
    stageKey(world, store, key, nowMs);
  }
  enterState[description.ConnectionState ?? 'DISCONNECTED'](world, store, nowMs, description.ConnectionErrorCode);
  return store.id;
}

export interface KeyDescription {
  /** A UUID; default drawn by the seed. */
  readonly KeyId?: string;
  readonly Description?: string;
  /** Default true. What DescribeKey shows depends on the store too. */
  readonly Enabled?: boolean;
  /** Of an external store: the external key; default a new one. */
  readonly XksKeyId?: string;
  /** With its `alias/`. */
  readonly AliasName?: string;
  /** Seconds since the epoch; default now. */
  readonly CreationDate?: number;
  /** Its key policy, as JSON; default that of a key which was created without one. */
  readonly Policy?: string;
  readonly grants?: readonly GrantTerms[];
}

/** Adds a key to the store and gives its id. */
export function stageKey(world: World, store: Store, description: KeyDescription, nowMs: number): string {
  const storeId = store.id;
  const createdAtMs = description.CreationDate === undefined ? nowMs : description.CreationDate * 1000;
  const backing: KeyBacking =
    store.backing.type === 'AWS_CLOUDHSM'
      ? makeClusterKey(world, storeId, store.backing.clusterId)
      : {
          origin: 'EXTERNAL_KEY_STORE',
          storeId,
          xksKeyId: description.XksKeyId ?? `external-key-${keysOf(world, storeId).length + 1}`,
        };
  const key = admitKey(world, backing, createdAtMs, {
    description: description.Description,
    policy: description.Policy,
    id: description.KeyId,
  });
  for (const terms of description.grants ?? []) admitGrant(world, key, terms, createdAtMs);
  key.toggles = [known(description.Enabled ?? true)];
  if (description.AliasName !== undefined) admitAlias(world, description.AliasName, key.id, createdAtMs);
  return key.id;
}

/** Puts a store into a state, as if it had come there by itself. */
export function moveStore(
  world: World,
  store: Store,
  state: ConnectionState,
  nowMs: number,
  errorCode?: FailureCode,
): void {
  enterState[state](world, store, nowMs, errorCode);
  world.hosts.forget(store.id);
}

type EnterState = (world: World, store: Store, nowMs: number, errorCode: FailureCode | undefined) => void;

const enterState: Record<ConnectionState, EnterState> = {
  DISCONNECTED: (_world, store) => {
    store.connection = { state: 'DISCONNECTED' };
  },
  CONNECTED: markConnected,
  CONNECTING: startConnect,
  DISCONNECTING: (world, store, nowMs) => {
    markConnected(world, store, nowMs);
    startDisconnect(world, store, nowMs);
  },
  FAILED: (_world, store, _nowMs, errorCode = 'INTERNAL_ERROR') => {
    store.connection = { state: 'FAILED', errorCode } satisfies Connection;
  },
};

function stageCloudHsm(world: World, others: readonly Store[], description: StoreDescription): CloudHsmBacking {
  const taken = new Set(
    others.map(({ backing }) => (backing.type === 'AWS_CLOUDHSM' ? certificateOf(world, backing) : '')),
  );
  const free = [...world.clusters.values()].filter(({ certificate }) => !taken.has(certificate));
  const wanted = description.CloudHsmClusterId;
  const cluster = wanted === undefined ? free[0] : free.find(({ id }) => id === wanted);
  if (!cluster) throw new RangeError(`no free CloudHSM cluster ${wanted ?? ''}: add one with addCluster`);
  return {
    type: 'AWS_CLOUDHSM',
    clusterId: cluster.id,
    trustAnchorCertificate: description.TrustAnchorCertificate ?? cluster.trustAnchorCertificate,
    password: description.KeyStorePassword ?? cluster.kmsuser.password,
    leftPasswords: {},
  };
}

function certificateOf(world: World, backing: CloudHsmBacking): string {
  return world.clusters.get(backing.clusterId)?.certificate ?? '';
}

function stageExternal(world: World, description: StoreDescription): ExternalBacking {
  const connectivity = description.XksProxyConnectivity ?? 'PUBLIC_ENDPOINT';
  const { ids } = world.chance;
  const credential = description.XksProxyAuthenticationCredential ?? {
    AccessKeyId: ids.text(alphabets.base32, 20),
    RawSecretAccessKey: ids.text(alphabets.base64, 44),
  };
  const common = {
    type: 'EXTERNAL_KEY_STORE',
    connectivity,
    endpoint: description.XksProxyUriEndpoint ?? `https://proxy-${world.nextOrdinal + 1}.xks.example.com`,
    path: description.XksProxyUriPath ?? '/example/kms/xks/v1',
    accessKeyId: credential.AccessKeyId,
    secret: credential.RawSecretAccessKey,
  } as const;
  if (connectivity === 'PUBLIC_ENDPOINT') return common;
  const serviceName =
    description.XksProxyVpcEndpointServiceName ??
    `${partitionOf(world.region) === 'aws-eusc' ? 'eu' : 'com'}.amazonaws.vpce.${world.region}.vpce-svc-${ids.text(alphabets.hex, 17)}`;
  return { ...common, serviceName, serviceOwner: description.XksProxyVpcEndpointServiceOwner ?? world.accountId };
}
