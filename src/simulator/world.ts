/** All that exists in one simulated account and Region. It changes only through calls and through the tests that own it. */

import type { Cluster, SetPassword } from './clusters.ts';
import type { Materials } from './crypto/seal.ts';
import type { Durations } from './durations.ts';
import type { VpcEndpointService } from './external/endpoint-service.ts';
import type { Outside } from './external/outside.ts';
import type { AskProxy, ProxyReply } from './external/protocol.ts';
import type { ReceivedRequest, XksProxy } from './external/proxy.ts';
import type { Reliability } from './external/reliability.ts';
import { refuse } from './fault.ts';
import type { Hosts } from './hosts.ts';
import type { Interpretations } from './interpretations.ts';
import { type Alias, isInStore, type Key, type KeyBacking, known } from './key.ts';
import { writeArn } from './partition.ts';
import { alphabets, makeUuid, type Random } from './random.ts';
import type { Schedule } from './schedule.ts';
import type { FaultScripts } from './scripts.ts';
import type { Secret } from './secret.ts';
import type { ConnectionState, KeyUse } from './shapes.ts';
import type { StaleViews } from './stale-reads.ts';
import type { Backing, ExternalBacking, Store } from './store.ts';
import type { Trail } from './trail.ts';

export interface TrafficOrder {
  /** Id, ARN or alias. */
  readonly key: string;
  readonly operation: Exclude<KeyUse, 'ReEncrypt'>;
  readonly everyMs: number;
  /** Who uses it, such as `role/payments-api`, `rds.amazonaws.com` or an ARN. Default `role/application`. */
  readonly principal?: string;
}

/** What an application encrypted. */
export interface WrittenCiphertext {
  readonly atMs: number;
  readonly keyId: string;
  readonly principal: string;
  /** Base64. */
  readonly ciphertext: string;
  /** It was made under the key material that the key had when the traffic was ordered. */
  readonly hasOriginalMaterial: boolean;
}

export interface Traffic {
  /** @throws RangeError for an unknown key */
  order(world: World, order: TrafficOrder, nowMs: number): void;
  /** Lets the uses until this instant happen. Nothing else may have changed since the last time. */
  flow(world: World, untilMs: number): void;
  /** In the order in which they were made, the latest 100,000 of them. */
  readonly written: readonly WrittenCiphertext[];
}

export interface World {
  readonly accountId: string;
  readonly region: string;
  readonly interpretations: Interpretations;
  readonly durations: Durations;
  readonly chance: {
    readonly ids: Random;
    readonly durations: Random;
    readonly passwords: Random;
    readonly requestIds: Random;
    readonly proxyRequestIds: Random;
    readonly ciphers: Random;
    readonly secretIds: Random;
    readonly toggles: Random;
  };
  readonly materials: Materials;
  readonly stores: Map<string, Store>;
  readonly keys: Map<string, Key>;
  /** Those in their waiting period: thousands of others need no look at each instant. */
  readonly dyingKeys: Set<Key>;
  /** By name, with its `alias/`. */
  readonly aliases: Map<string, Alias>;
  readonly clusters: Map<string, Cluster>;
  readonly passwordSetters: Map<string, SetPassword>;
  /** By endpoint, in lower case. */
  readonly proxies: Map<string, XksProxy>;
  readonly services: Map<string, VpcEndpointService>;
  /** By name. */
  readonly secrets: Map<string, Secret>;
  /** By name. */
  readonly schedules: Map<string, Schedule>;
  readonly outside: Outside;
  /** How KMS reaches the proxy of a store. @throws OpenQuestion */
  readonly askProxy: AskProxy;
  /** What the proxy at the endpoint answers to any client. */
  readonly reliability: Reliability;
  readonly receiveAsProxy: (request: ReceivedRequest) => ProxyReply;
  readonly scripts: FaultScripts;
  readonly staleViews: StaleViews;
  /** Whether a transition that begins now lasts until a read has shown it: in fast time it could be over between two observations. */
  readonly showsTransitions: () => boolean;
  /** When a simulated instant came by the client's own clock. */
  readonly toClientMs: (simulatedMs: number) => number;
  readonly hosts: Hosts;
  readonly traffic: Traffic;
  readonly trail: Trail;
  nextOrdinal: number;
}

/** @throws SimulatorFault CustomKeyStoreNotFoundException */
export function requireStore(world: World, id: string): Store {
  return (
    world.stores.get(id) ?? refuse('CustomKeyStoreNotFoundException', `Custom key store with ID ${id} does not exist`)
  );
}

/** @throws SimulatorFault CustomKeyStoreInvalidStateException */
export function requireState(
  store: Store,
  allowed: readonly ConnectionState[],
  operation: string,
  /** What is known of its state where the call is judged. */
  known: ConnectionState = store.connection.state,
): void {
  const state = [store.connection.state, known].find((one) => !allowed.includes(one));
  if (state === undefined) return;
  const message = `${operation} is not valid for custom key store ${store.id} in the state ${state}`;
  refuse('CustomKeyStoreInvalidStateException', message);
}

/** Adds a store to the world; its rules are the caller's business. */
export function admitStore(world: World, name: string, backing: Backing, nowMs: number, id = newStoreId(world)): Store {
  const store: Store = {
    id,
    ordinal: world.nextOrdinal,
    createdAtMs: nowMs,
    name,
    backing,
    connection: { state: 'DISCONNECTED' },
  };
  world.nextOrdinal += 1;
  world.stores.set(id, store);
  return store;
}

function newStoreId(world: World): string {
  return `cks-${world.chance.ids.text(alphabets.hex, 17)}`;
}

/** What CreateKey accepts about a key beside its material. */
type KeyWords = { readonly [M in 'id' | 'description' | 'policy' | 'tags']?: Key[M] | undefined };

/** Adds a key to the world; its rules are the caller's business. */
export function admitKey(
  world: World,
  backing: KeyBacking,
  nowMs: number,
  { id = makeUuid(world.chance.ids), description = '', policy, tags = [] }: KeyWords = {},
): Key {
  const key: Key = {
    id,
    arn: writeArn('kms', world, `key/${id}`),
    ordinal: world.nextOrdinal,
    createdAtMs: nowMs,
    description,
    backing,
    policy,
    tags,
    toggles: [known(true)],
    grants: [],
    deletionAtMs: undefined,
    lastUsage: undefined,
  };
  world.nextOrdinal += 1;
  world.keys.set(id, key);
  return key;
}

/** Material for a key, in the cluster that the store is with now. */
export function makeClusterKey({ chance }: World, storeId: string, clusterId: string): KeyBacking {
  return { origin: 'AWS_CLOUDHSM', storeId, backingKeyId: chance.ids.text(alphabets.hex, 32), clusterId };
}

/** `name`: with its `alias/`. */
export function admitAlias(world: World, name: string, keyId: string, nowMs: number): void {
  world.aliases.set(name, { name, keyId, ordinal: world.nextOrdinal, createdAtMs: nowMs, updatedAtMs: nowMs });
  world.nextOrdinal += 1;
}

export function keysOf(world: World, storeId: string): readonly Key[] {
  return [...world.keys.values()].filter((key) => isInStore(key, storeId));
}

/** The store that a key lives in. */
export function storeOf(world: World, { backing }: Key): Store | undefined {
  return backing.origin === 'AWS_KMS' ? undefined : world.stores.get(backing.storeId);
}

/** The endpoint under which a proxy is described: a VPC endpoint service may lead to another than the store names. */
export function endpointOf(
  { services }: Pick<World, 'services'>,
  { endpoint, serviceName = '' }: Pick<ExternalBacking, 'endpoint' | 'serviceName'>,
): string {
  return services.get(serviceName)?.proxy ?? endpoint;
}

/** KMS is logged in to a cluster as kmsuser from a successful connect until the store is DISCONNECTED again. */
export function isLoggedIn(world: World, clusterId: string): boolean {
  return [...world.stores.values()].some(
    ({ backing, connection }) =>
      backing.type === 'AWS_CLOUDHSM' &&
      backing.clusterId === clusterId &&
      (connection.state === 'CONNECTED' || (connection.state === 'DISCONNECTING' && connection.wasConnected)),
  );
}
