/** What a use of keys says of a store as it is now. Only a key that was used is evidence: CONNECTED and Enabled are not. */
import type { Failure } from './failure.ts';
import { judgeKeyFailure } from './key-failure.ts';

/**
 * What was used. `canaries`: ciphertext that was kept from before. `fresh`: an Encrypt and a Decrypt. `random`: random bytes
 * from the cluster, where the store holds no Enabled key. `none`: nothing could be used.
 */
export type KeyTestKind = 'canaries' | 'fresh' | 'random' | 'none';

/** One key. `works`: KMS decrypted with it what it had encrypted. `lost`: it did not. `unknown`: only our side may be to blame. */
export interface TestedKey {
  /** ARN of the KMS key. */
  readonly keyId: string;
  readonly result: 'works' | 'lost' | 'unusable' | 'unknown';
  /** What KMS answered. */
  readonly detail?: string;
  /** When what was decrypted had been encrypted, of a kept canary; ISO 8601. */
  readonly encryptedAt?: string;
}

export interface StoreKeyTest {
  readonly kind: KeyTestKind;
  /** `nothing`: the store holds no Enabled key. `skipped`: it was left out. */
  readonly status: 'passed' | 'failed' | 'unknown' | 'nothing' | 'skipped';
  /** In a sentence. */
  readonly message: string;
  readonly keys: readonly TestedKey[];
}

/** What one failed use says of its key. */
export function describeFailedKey(keyId: string, failure: Failure): TestedKey {
  const { code, message } = failure;
  return { keyId, result: judgeKeyFailure(failure), detail: code === message ? code : `${code}: ${message}` };
}

/** One verdict of all keys that were used: one key that fails is enough for a bad one. */
export function judgeKeys(kind: 'canaries' | 'fresh', keys: readonly TestedKey[]): StoreKeyTest {
  const count = (...results: readonly TestedKey['result'][]) =>
    keys.filter(({ result }) => results.includes(result)).length;
  const of = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
  const used = kind === 'canaries' ? `the kept canaries of ${of}` : `${of} with a fresh Encrypt and Decrypt`;
  const [lost, unusable, works] = [count('lost'), count('unusable'), count('works')];
  if (lost > 0) {
    const message = `${lost} of ${keys.length} tested keys do not decrypt what they encrypted before`;
    return { kind, status: 'failed', message, keys };
  }
  if (unusable > 0)
    return { kind, status: 'failed', message: `${unusable} of ${keys.length} tested keys do not work`, keys };
  if (works > 0) {
    const rest = works < keys.length ? `; ${keys.length - works} gave no conclusive answer` : '';
    return { kind, status: 'passed', message: `keys work: cks tested ${used}${rest}`, keys };
  }
  return { kind, status: 'unknown', message: `whether keys work could not be found out: ${describeFirst(keys)}`, keys };
}

function describeFirst(keys: readonly TestedKey[]): string {
  return keys.find(({ detail }) => detail !== undefined)?.detail ?? 'no key was used';
}
