/** CreateKey, for the keys of custom key stores and, beside them, plain symmetric ones. A policy is kept, and refuses no caller. */
import { requireClusterForKeys } from '../../clusters.ts';
import { requireExternalKey } from '../../external/examine.ts';
import { refuse, refuseValues } from '../../fault.ts';
import { type KeyBacking, keyState, showKey } from '../../key.ts';
import type { Input, Output } from '../../shapes.ts';
import type { Store } from '../../store.ts';
import { admitKey, keysOf, makeClusterKey, requireState, requireStore, storeOf, type World } from '../../world.ts';

type CreateKeyInput = Input<'CreateKey'>;

export function createKey(world: World, input: CreateKeyInput, nowMs: number): Output<'CreateKey'> {
  requireSymmetric(input);
  requirePolicy(input.Policy);
  requireTags(input.Tags ?? []);
  const { Description: description, Policy: policy, Tags: tags } = input;
  const key = admitKey(world, chooseBacking(world, input), nowMs, { description, policy, tags });
  const store = storeOf(world, key);
  return { KeyMetadata: showKey(key, store, keyState(key, store?.connection.state), world.accountId) };
}

function requireSymmetric({ KeySpec, CustomerMasterKeySpec, KeyUsage, MultiRegion }: CreateKeyInput): void {
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    refuseValues('KeySpec and CustomerMasterKeySpec cannot be specified together');
  }
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (spec !== 'SYMMETRIC_DEFAULT' || (KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT' || MultiRegion) {
    const message = 'A custom key store, and the simulator, holds symmetric encryption keys of a single Region alone';
    refuse('UnsupportedOperationException', message);
  }
}

function requirePolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  try {
    JSON.parse(policy);
  } catch {
    refuse('MalformedPolicyDocumentException', 'The key policy is not JSON');
  }
}

function requireTags(tags: NonNullable<CreateKeyInput['Tags']>): void {
  const keys = tags.map(({ TagKey }) => TagKey);
  if (new Set(keys).size < keys.length) refuse('TagException', 'Duplicate tag keys');
  if (keys.some((key) => key.startsWith('aws:'))) refuse('TagException', 'Tag keys cannot begin with aws:');
}

function chooseBacking(world: World, input: CreateKeyInput): KeyBacking {
  const { CustomKeyStoreId, Origin: origin = 'AWS_KMS', XksKeyId } = input;
  if (XksKeyId !== undefined && origin !== 'EXTERNAL_KEY_STORE') {
    refuseValues('XksKeyId is valid for the origin EXTERNAL_KEY_STORE alone');
  }
  if (origin === 'EXTERNAL') {
    return refuse('UnsupportedOperationException', 'The simulator imports no key material');
  }
  if (origin === 'AWS_KMS') {
    if (CustomKeyStoreId !== undefined) refuseValues('A key in a custom key store needs the Origin of that store');
    return { origin };
  }
  if (CustomKeyStoreId === undefined) return refuseValues(`The origin ${origin} needs a CustomKeyStoreId`);
  const store = requireStore(world, CustomKeyStoreId);
  if (store.backing.type !== origin) {
    refuse('UnsupportedOperationException', `Custom key store ${store.id} holds no keys of the origin ${origin}`);
  }
  requireState(store, ['CONNECTED'], 'CreateKey');
  if (origin === 'EXTERNAL_KEY_STORE') return chooseExternalKey(world, store, XksKeyId);
  if (store.backing.type !== 'AWS_CLOUDHSM') return refuseValues(`The origin ${origin} does not fit the store`);
  const { clusterId } = store.backing;
  requireClusterForKeys(world.clusters.get(clusterId), clusterId);
  return makeClusterKey(world, store.id, clusterId);
}

function chooseExternalKey(world: World, store: Store, xksKeyId: string | undefined): KeyBacking {
  if (xksKeyId === undefined) return refuseValues('A key in an external key store needs an XksKeyId');
  const isTaken = keysOf(world, store.id).some(
    ({ backing }) => backing.origin === 'EXTERNAL_KEY_STORE' && backing.xksKeyId === xksKeyId,
  );
  if (isTaken) {
    const message = `The external key ${xksKeyId} belongs to another KMS key of this external key store`;
    refuse('XksKeyAlreadyInUseException', message);
  }
  if (store.backing.type === 'EXTERNAL_KEY_STORE') requireExternalKey(world, store.backing, xksKeyId);
  return { origin: 'EXTERNAL_KEY_STORE', storeId: store.id, xksKeyId };
}
