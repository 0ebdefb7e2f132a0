/**
 * What stands behind a KMS key, reached as the host of KMS that a call happens to meet reaches it. Developer guide, "Key
 * states", keystore-external (double encryption) and fix-keystore.
 */
import { holdsKey, isServing, requireSession } from '../../clusters.ts';
import { type CiphertextBlob, readBlob, writeBlob } from '../../crypto/ciphertext-blob.ts';
import { seal, unseal } from '../../crypto/seal.ts';
import { decryptOutside, encryptOutside } from '../../external/key-use.ts';
import { createProxy } from '../../external/proxy.ts';
import { refuse } from '../../fault.ts';
import type { Key, KeyBacking } from '../../key.ts';
import type { KeyUse } from '../../shapes.ts';
import type { Backing, CloudHsmBacking, ExternalBacking } from '../../store.ts';
import { readKeyState } from '../../toggles.ts';
import { endpointOf, storeOf, type World } from '../../world.ts';

/** One use of a key, by whichever operation. */
export interface Use {
  readonly key: Key;
  readonly operation: KeyUse;
  /** What the ciphertext is bound to. */
  readonly authenticated: Buffer;
  readonly nowMs: number;
  readonly requestId: string;
}

/** The CiphertextBlob, base64. @throws SimulatorFault KMSInvalidStateException */
export function encryptWith(world: World, use: Use, plaintext: Buffer): string {
  const { key, authenticated } = use;
  const inner = seal(reachMaterial(world, use), plaintext, authenticated, world.chance.ciphers);
  if (key.backing.origin !== 'EXTERNAL_KEY_STORE')
    return writeBlob({ keyId: key.id, sealed: inner, metadata: undefined });
  const packed = Buffer.concat([inner.iv, inner.tag, inner.ciphertext]);
  return writeBlob({ keyId: key.id, ...encryptOutside(world, describeOutside(world, use, key.backing), packed) });
}

/** @throws SimulatorFault KMSInvalidStateException, InvalidCiphertextException */
export function decryptWith(world: World, use: Use, { sealed, metadata }: CiphertextBlob): Buffer {
  const { key, authenticated } = use;
  const material = reachMaterial(world, use);
  if (key.backing.origin !== 'EXTERNAL_KEY_STORE') {
    return (
      unseal(material, sealed, authenticated) ?? refuse('InvalidCiphertextException', 'The ciphertext is not valid')
    );
  }
  const packed = decryptOutside(world, describeOutside(world, use, key.backing), { sealed, metadata });
  const inner = { iv: packed.subarray(0, 12), tag: packed.subarray(12, 28), ciphertext: packed.subarray(28) };
  const plaintext = packed.length > 28 ? unseal(material, inner, authenticated) : undefined;
  const message =
    'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.';
  return plaintext ?? refuse('KMSInvalidStateException', message);
}

/** @throws SimulatorFault InvalidCiphertextException */
export function openBlob(text: string): CiphertextBlob {
  return readBlob(text) ?? refuse('InvalidCiphertextException', 'The ciphertext is not one of KMS');
}

/** @throws SimulatorFault DisabledException, KMSInvalidStateException */
export function requireUsable(world: World, key: Key, nowMs: number): void {
  const state = readKeyState(world, key, nowMs);
  if (state === 'Disabled') refuse('DisabledException', `${key.arn} is disabled.`);
  if (state === 'PendingDeletion') refuse('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  if (state !== 'Enabled')
    refuse('KMSInvalidStateException', `${key.arn} is unavailable: its key store is not connected.`);
}

/** Names the material that a key has where its store has these settings: two names that differ are other material. */
export function nameMaterial(world: World, { id, backing }: Key, settings: Backing | undefined): string {
  if (backing.origin === 'AWS_KMS' || settings === undefined) return `kms ${id}`;
  if (settings.type === 'AWS_CLOUDHSM') {
    const { certificate = 'none' } = world.clusters.get(settings.clusterId) ?? {};
    return `cloudhsm ${certificate} ${backing.origin === 'AWS_CLOUDHSM' ? backing.backingKeyId : id}`;
  }
  const { keyManager } = world.proxies.get(endpointOf(world, settings).toLowerCase()) ?? createProxy(settings);
  return `external ${keyManager} ${backing.origin === 'EXTERNAL_KEY_STORE' ? backing.xksKeyId : id}`;
}

/** KMS keeps material of its own for the inner layer of an external key. */
function reachMaterial(world: World, use: Use): Buffer {
  const { key } = use;
  if (key.backing.origin !== 'AWS_CLOUDHSM') return world.materials('kms', key.id);
  const { backing } = key;
  const { clusterId } = settingsMet(world, use) as CloudHsmBacking;
  const cluster = world.clusters.get(clusterId);
  if (!cluster || !isServing(cluster)) {
    return refuse('KMSInvalidStateException', 'KMS cannot communicate with your CloudHSM cluster');
  }
  requireSession(cluster);
  if (!holdsKey(world.clusters, cluster, backing.clusterId, key.createdAtMs)) {
    // No document has the words for material that is not in the cluster.
    refuse('KMSInvalidStateException', `KMS could not find the key material of ${key.arn} in your CloudHSM cluster`);
  }
  return world.materials('cloudhsm', cluster.certificate, backing.backingKeyId);
}

function describeOutside(world: World, use: Use, { xksKeyId }: Extract<KeyBacking, { origin: 'EXTERNAL_KEY_STORE' }>) {
  const { key, operation, authenticated, requestId, nowMs } = use;
  const settings = settingsMet(world, use) as ExternalBacking;
  return { settings, xksKeyId, authenticated, kmsOperation: operation, kmsKeyArn: key.arn, requestId, nowMs };
}

/** The settings of the store as the host that a use meets has them. @throws SimulatorFault KMSInvalidStateException */
export function settingsMet(world: World, { key, requestId, nowMs }: Use): Backing {
  const store = storeOf(world, key);
  return store
    ? world.hosts.settingsMet(store, requestId, nowMs)
    : refuse('KMSInvalidStateException', `${key.arn} has no key store`);
}
