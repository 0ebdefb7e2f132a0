/** GenerateRandom, by KMS itself or in the cluster of a CloudHSM key store. */
import { isServing, requireSession } from '../../clusters.ts';
import { refuse, refuseValues } from '../../fault.ts';
import type { Input, Output } from '../../shapes.ts';
import { requireState, requireStore, type World } from '../../world.ts';
import { requireNoEnclave } from './use-keys.ts';

export function generateRandom(world: World, input: Input<'GenerateRandom'>): Output<'GenerateRandom'> {
  requireNoEnclave(input);
  if (input.NumberOfBytes === undefined) return refuseValues('NumberOfBytes must not be null');
  if (input.CustomKeyStoreId !== undefined) requireRandomSource(world, input.CustomKeyStoreId);
  return { Plaintext: world.chance.ciphers.bytes(input.NumberOfBytes).toString('base64') };
}

function requireRandomSource(world: World, storeId: string): void {
  const store = requireStore(world, storeId);
  if (store.backing.type !== 'AWS_CLOUDHSM') {
    refuse('UnsupportedOperationException', 'GenerateRandom is not supported in an external key store');
  }
  requireState(store, ['CONNECTED'], 'GenerateRandom');
  const cluster = world.clusters.get(store.backing.clusterId);
  // GenerateRandom declares no KMSInvalidStateException.
  if (!cluster || !isServing(cluster) || cluster.kmsuser.lockedOut) {
    refuse('CustomKeyStoreInvalidStateException', 'KMS cannot communicate with your CloudHSM cluster');
  } else requireSession(cluster);
}
