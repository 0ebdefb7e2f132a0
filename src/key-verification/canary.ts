/** One canary: made, and tried again. */
import { createHash, randomBytes } from 'node:crypto';
import type { Failure } from '../domain/failure.ts';
import { judgeKeyFailure, type KeyFailure } from '../domain/key-failure.ts';
import type { Canary } from '../domain/key-verification.ts';
import type { EncryptionContext, Keys } from '../ports/keys.ts';

interface MakeTerms {
  readonly encryptionContext: EncryptionContext;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

/** Encrypts random bytes that are kept nowhere, and decrypts them once. Gives the failure if the key cannot be used. */
export async function makeCanary(
  keys: Keys,
  keyId: string,
  { encryptionContext, nowMs, signal }: MakeTerms,
): Promise<Canary | Failure> {
  const plaintext = randomBytes(32);
  const sealed = await keys.encrypt(keyId, plaintext, encryptionContext, signal).catch(survive);
  if (!sealed.ok) return sealed.failure;
  const canary = { keyId, ciphertext: sealed.value, sha256: hash(plaintext), encryptionContext, encryptedAtMs: nowMs };
  const baseline = await tryCanary(keys, canary, signal);
  if (baseline.kind === 'passed') return canary;
  const otherwise = { code: 'BASELINE_FAILED', message: 'it decrypts to something else', class: 'refused' as const };
  return baseline.failure ?? otherwise;
}

/** The same, after KMS was asked for the rights: a right that is missing shows before the key's own source is asked. */
export async function makeWithRights(keys: Keys, keyId: string, terms: MakeTerms): Promise<Canary | Failure> {
  const rights = await keys.requireRights(keyId, terms.encryptionContext, terms.signal);
  return rights.ok ? makeCanary(keys, keyId, terms) : rights.failure;
}

/** Without a failure, `lost` means another plaintext. */
export interface Tried {
  readonly kind: 'passed' | KeyFailure;
  readonly failure?: Failure;
}

export async function tryCanary(keys: Keys, canary: Canary, signal?: AbortSignal): Promise<Tried> {
  const { keyId, ciphertext, sha256, encryptionContext } = canary;
  const opened = await keys.decrypt(keyId, ciphertext, encryptionContext, signal);
  if (!opened.ok) return { kind: judgeKeyFailure(opened.failure), failure: opened.failure };
  // The port says bytes, but an answer of something else than KMS may have none.
  if ((opened.value as Uint8Array | undefined) === undefined) return { kind: 'unknown', failure: incompleteAnswer };
  return { kind: hash(opened.value) === sha256 ? 'passed' : 'lost' };
}

const incompleteAnswer: Failure = {
  code: 'INCOMPLETE_ANSWER',
  message: 'the answer lacks what KMS always gives, so something between this machine and KMS may have given it',
  class: 'unclear',
};

/** An answer without ciphertext cannot be turned into base64. */
function survive(error: unknown): { readonly ok: false; readonly failure: Failure } {
  if (error instanceof TypeError) return { ok: false, failure: incompleteAnswer };
  throw error;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
