/** ConnectCustomKeyStore, DisconnectCustomKeyStore and DeleteCustomKeyStore: the calls that only ask for a state. */
import { requireConnectableCluster } from '../clusters.ts';
import { refuse } from '../fault.ts';
import type { Input } from '../shapes.ts';
import { markConnected, startConnect, startDisconnect } from '../transitions.ts';
import { keysOf, requireState, requireStore, type World } from '../world.ts';

export function connectStore(world: World, input: Input<'ConnectCustomKeyStore'>, nowMs: number): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  const { connectAgain, connectWithoutHsms } = world.interpretations;
  const { state } = store.connection;
  if (connectAgain !== 'refused' && (state === 'CONNECTED' || state === 'CONNECTING')) {
    if (connectAgain === 'rotating' && state === 'CONNECTED') markConnected(world, store, nowMs);
    return {};
  }
  requireState(store, ['DISCONNECTED'], 'ConnectCustomKeyStore', world.staleViews.writeState(store, nowMs));
  const cluster = store.backing.type === 'AWS_CLOUDHSM' ? world.clusters.get(store.backing.clusterId) : undefined;
  // Connect declares no error for a missing cluster: that one shows at the end.
  if (cluster && cluster.state !== 'DELETED')
    requireConnectableCluster(cluster, connectWithoutHsms === 'refused' ? 1 : 0);
  startConnect(world, store, nowMs);
  return {};
}

export function disconnectStore(world: World, input: Input<'DisconnectCustomKeyStore'>, nowMs: number): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  const known = world.staleViews.writeState(store, nowMs);
  requireState(store, ['CONNECTED', 'CONNECTING', 'FAILED'], 'DisconnectCustomKeyStore', known);
  startDisconnect(world, store, nowMs);
  return {};
}

export function deleteStore(world: World, input: Input<'DeleteCustomKeyStore'>): object {
  const store = requireStore(world, input.CustomKeyStoreId);
  requireState(store, ['DISCONNECTED'], 'DeleteCustomKeyStore');
  if (keysOf(world, store.id).length > 0)
    refuse('CustomKeyStoreHasCMKsException', `Custom key store ${store.id} contains KMS keys`);
  world.stores.delete(store.id);
  return {};
}
