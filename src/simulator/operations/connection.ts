/** ConnectCustomKeyStore, DisconnectCustomKeyStore and DeleteCustomKeyStore: the calls that only ask for a state. */
import { requireActiveCluster } from '../clusters.ts';
import { refuse } from '../fault.ts';
import type { Input } from '../shapes.ts';
import { startConnect, startDisconnect } from '../transitions.ts';
import { requireState, requireStore, type World } from '../world.ts';

/** The model's text allows it in CONNECTED and CONNECTING too; the guide does not, and that is harder for the client. */
export function connectStore(world: World, input: Input<'ConnectCustomKeyStore'>, nowMs: number): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  requireState(store, ['DISCONNECTED'], 'ConnectCustomKeyStore');
  const cluster = store.backing.type === 'AWS_CLOUDHSM' ? world.clusters.get(store.backing.clusterId) : undefined;
  // Connect declares no error for a missing cluster: that one shows at the end.
  if (cluster && cluster.state !== 'DELETED') requireActiveCluster(cluster);
  startConnect(world, store, nowMs);
  return {};
}

export function disconnectStore(world: World, input: Input<'DisconnectCustomKeyStore'>, nowMs: number): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  requireState(store, ['CONNECTED', 'CONNECTING', 'FAILED'], 'DisconnectCustomKeyStore');
  startDisconnect(world, store, nowMs);
  return {};
}

export function deleteStore(world: World, input: Input<'DeleteCustomKeyStore'>): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  requireState(store, ['DISCONNECTED'], 'DeleteCustomKeyStore');
  if (store.keys > 0) refuse('CustomKeyStoreHasCMKsException', `Custom key store ${store.id} contains KMS keys`);
  world.stores.delete(store.id);
  return {};
}
