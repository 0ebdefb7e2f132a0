/**
 * What time alone brings: a CONNECTING store becomes CONNECTED or FAILED, a DISCONNECTING one DISCONNECTED. Nothing runs by
 * itself; each access to the world lets the past happen first. No two stores share a cluster, so the order
 * of stores does not matter. A key whose waiting period is over is gone.
 */
import { countBadLogin, generatePassword, logIn } from './clusters.ts';
import { drawDurationMs } from './durations.ts';
import { examineProxy, examineService } from './external/examine.ts';
import { OpenQuestion } from './external/outside.ts';
import type { Key } from './key.ts';
import type { ConnectionErrorCode, ConnectionState, FailureCode } from './shapes.ts';
import type { CloudHsmBacking, Connection, ExternalBacking, Store } from './store.ts';
import { releaseToggles } from './toggles.ts';
import { keysOf, type World } from './world.ts';

type Connecting = Extract<Connection, { state: 'CONNECTING' }>;

/** Ends every transition whose instant has come. */
export function settle(world: World, nowMs: number): void {
  for (const store of world.stores.values()) {
    const { connection } = store;
    if (!('endsAtMs' in connection) || connection.endsAtMs > nowMs) continue;
    if (connection.state === 'DISCONNECTING') store.connection = { state: 'DISCONNECTED' };
    else tryToFinish(world, store, connection, nowMs);
  }
  for (const key of world.dyingKeys) {
    if (key.deletionAtMs !== undefined && key.deletionAtMs <= nowMs) deleteKey(world, key);
  }
}

function deleteKey(world: World, key: Key): void {
  world.keys.delete(key.id);
  world.dyingKeys.delete(key);
  for (const { name, keyId } of world.aliases.values()) if (keyId === key.id) world.aliases.delete(name);
}

export function startConnect(world: World, store: Store, nowMs: number): void {
  const script = world.scripts.connects.take(store.id);
  const durationMs = drawDurationMs(world.durations.connect[store.backing.type], world.chance.durations.next());
  const endsAtMs = nowMs + (script?.connectMs ?? durationMs);
  store.connection = {
    state: 'CONNECTING',
    ...describeEnd(world, endsAtMs),
    failsWith: script?.errorCode,
  };
}

function describeEnd({ showsTransitions }: World, endsAtMs: number) {
  return showsTransitions() ? { endsAtMs: Number.POSITIVE_INFINITY, onceShownAtMs: endsAtMs } : { endsAtMs };
}

/** A Describe showed this state of the store: where its transition waited for that, it may end from now on. */
export function noteShown(store: Store, state: ConnectionState, nowMs: number): void {
  const { connection } = store;
  if (connection.state !== state || !('endsAtMs' in connection) || connection.onceShownAtMs === undefined) return;
  const { onceShownAtMs, ...transition } = connection;
  store.connection = { ...transition, endsAtMs: Math.max(onceShownAtMs, nowMs) };
}

export function startDisconnect(world: World, store: Store, nowMs: number): void {
  const durationMs = drawDurationMs(world.durations.disconnect[store.backing.type], world.chance.durations.next());
  const wasConnected = store.connection.state === 'CONNECTED';
  store.connection = { state: 'DISCONNECTING', ...describeEnd(world, nowMs + durationMs), wasConnected };
}

/** A proxy that stands outside has to be asked first: until then the store is CONNECTING. */
function tryToFinish(world: World, store: Store, connecting: Connecting, nowMs: number): void {
  try {
    finishConnect(world, store, connecting.failsWith, nowMs);
  } catch (error) {
    if (!(error instanceof OpenQuestion)) throw error;
    store.connection = { ...connecting, endsAtMs: Number.POSITIVE_INFINITY, question: error.question };
  }
}

function finishConnect(world: World, store: Store, failsWith: FailureCode | undefined, nowMs: number): void {
  const { backing } = store;
  const errorCode =
    backing.type === 'AWS_CLOUDHSM'
      ? reachCluster(world, backing, failsWith)
      : (failsWith ?? reachProxy(world, backing));
  if (errorCode) store.connection = { state: 'FAILED', errorCode };
  else markConnected(world, store, nowMs);
}

function reachCluster(world: World, backing: CloudHsmBacking, failsWith?: FailureCode): FailureCode | undefined {
  const cluster = world.clusters.get(backing.clusterId);
  // An ordered INVALID_CREDENTIALS is a bad login like any other: kmsuser must be as near to its lock as it would be.
  if (failsWith === 'INVALID_CREDENTIALS' && cluster) countBadLogin(cluster);
  return failsWith ?? logIn(cluster, backing.password);
}

function reachProxy(world: World, backing: ExternalBacking): ConnectionErrorCode | undefined {
  return (examineService(world, backing) ?? examineProxy(world, backing, 'ConnectCustomKeyStore'))?.code;
}

/** A connected cluster has a kmsuser password that only KMS knows, and from then on a life of its own. */
export function markConnected(world: World, store: Store, nowMs: number): void {
  store.connection = { state: 'CONNECTED' };
  for (const key of keysOf(world, store.id)) releaseToggles(world, key, nowMs);
  if (store.backing.type !== 'AWS_CLOUDHSM') return;
  const cluster = world.clusters.get(store.backing.clusterId);
  if (cluster?.restoredFrom !== undefined) cluster.backupAtMs ??= nowMs;
  const password = generatePassword(world.chance.passwords);
  world.passwordSetters.get(store.backing.clusterId)?.(password);
  store.backing = { ...store.backing, password };
}
