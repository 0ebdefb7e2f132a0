/** One canary: made, and tried again. */
import { createHash, randomBytes } from 'node:crypto';
import type { Failure } from '../domain/failure.ts';
import type { Canary } from '../domain/proof.ts';
import type { EncryptionContext, Keys, StoreKey } from '../ports/keys.ts';

/** Random bytes that are forgotten here, encrypted and decrypted once. Gives why not where the key cannot be tried. */
export async function makeCanary(
  keys: Keys,
  { arn }: StoreKey,
  encryptionContext: EncryptionContext,
  nowMs: number,
  signal: AbortSignal,
): Promise<Canary | Failure> {
  // Missing rights show here, before anything is asked of whatever holds the key.
  const rights = await keys.requireRights(arn, encryptionContext, signal);
  if (!rights.ok) return rights.failure;
  const plaintext = randomBytes(32);
  const sealed = await keys.encrypt(arn, plaintext, encryptionContext, signal);
  if (!sealed.ok) return sealed.failure;
  const canary = {
    keyId: arn,
    ciphertext: sealed.value,
    sha256: hash(plaintext),
    encryptionContext,
    encryptedAtMs: nowMs,
  };
  const baseline = await tryCanary(keys, canary, signal);
  if (baseline.kind === 'passed') return canary;
  const otherwise = { code: 'BASELINE_FAILED', message: 'it decrypts to something else', class: 'refused' as const };
  return baseline.failure ?? otherwise;
}

/** `lost`: definitely not what was encrypted. `unanswered`: nobody can say. Without a failure: another plaintext. */
export interface Tried {
  readonly kind: 'passed' | 'lost' | 'unanswered';
  readonly failure?: Failure;
}

export async function tryCanary(keys: Keys, canary: Canary, signal?: AbortSignal): Promise<Tried> {
  const { keyId, ciphertext, sha256, encryptionContext } = canary;
  const opened = await keys.decrypt(keyId, ciphertext, encryptionContext, signal);
  if (opened.ok) return { kind: hash(opened.value) === sha256 ? 'passed' : 'lost' };
  return { kind: isLoss(opened.failure) ? 'lost' : 'unanswered', failure: opened.failure };
}

/**
 * KMSInvalidStateException has many meanings, which only the message tells apart. Source: KMS developer guide,
 * xks-troubleshooting; that a CloudHSM cluster lacks the material is in no document.
 */
const lossMessages: readonly RegExp[] = [
  /ciphertext.*(corrupted|invalid)/is,
  /could not find the external key/i,
  /could not find the key material/i,
];

function isLoss({ code, message }: Failure): boolean {
  if (code === 'InvalidCiphertextException') return true;
  return code === 'KMSInvalidStateException' && lossMessages.some((text) => text.test(message));
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
