/** What a use of keys says of a store as it is now. Only a key that was used is evidence: CONNECTED and Enabled are not. */
import type { Failure } from './failure.ts';
import { judgeKeyFailure } from './key-failure.ts';

/**
 * What was used. `canaries`: ciphertext from before, kept or in the journal of a run. `fresh`: an Encrypt and a Decrypt. `random`: random bytes
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
  /** When what was decrypted had been encrypted, of a canary; ISO 8601. Of several canaries, the oldest. */
  readonly encryptedAt?: string;
  /** The run whose journal holds that canary. Absent: `cks canary create` kept it. */
  readonly runId?: string;
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

/** What is known of the keys of the store, besides the test. */
export interface KeysInStore {
  /** Null: they could not be listed. */
  readonly total: number | null;
  /** ARN of its canary key; absent: none is known. */
  readonly canaryKeyId?: string;
}

/** One verdict of all keys that were used: one key that fails is enough for a bad one. */
export function judgeKeys(keys: readonly TestedKey[], { total, canaryKeyId }: KeysInStore): StoreKeyTest {
  const of = (...results: readonly TestedKey['result'][]) => keys.filter(({ result }) => results.includes(result));
  const [lost, unusable, works] = [of('lost'), of('unusable'), of('works')];
  const failed = lost.length > 0 ? lost : unusable;
  if (failed.length > 0) {
    const what = lost.length > 0 ? 'do not decrypt what they encrypted before' : 'do not work';
    const message = `${failed.length} of ${keys.length} tested keys ${what}`;
    return { kind: kindOf(failed), status: 'failed', message, keys };
  }
  const hasApplicationKeys = total === null || total > works.length;
  const isCanaryKeyAlone = works.length > 0 && works.every(({ keyId }) => keyId === canaryKeyId);
  if (works.length > 0 && !(isCanaryKeyAlone && hasApplicationKeys)) {
    const rest = keys.length - works.length;
    const doubts = rest > 0 ? `; ${rest} gave no conclusive answer` : '';
    const message = `keys work: cks tested ${describeTested(keys, total)}, ${describeHow(keys)}${doubts}`;
    return { kind: kindOf(keys), status: 'passed', message, keys };
  }
  const why = isCanaryKeyAlone ? 'only its canary key works, which no application uses' : describeFirst(keys);
  const message = `whether keys work could not be found out: ${why}`;
  return { kind: kindOf(keys), status: 'unknown', message, keys };
}

const isCanary = ({ encryptedAt }: TestedKey) => encryptedAt !== undefined;

function kindOf(keys: readonly TestedKey[]): StoreKeyTest['kind'] {
  return keys.some(isCanary) ? 'canaries' : 'fresh';
}

/** `3 of 7 keys` */
function describeTested({ length }: readonly TestedKey[], total: number | null): string {
  if (total === null) return length === 1 ? '1 key' : `${length} keys`;
  const all = Math.max(total, length);
  return `${length} of ${all} ${all === 1 ? 'key' : 'keys'}`;
}

/** `2 with canaries, the oldest from 2026-11-28T02:00:00.000Z, and 1 with a fresh Encrypt and Decrypt` */
function describeHow(keys: readonly TestedKey[]): string {
  const oldest = keys.flatMap(({ encryptedAt }) => encryptedAt ?? []).sort()[0];
  const count = keys.filter(isCanary).length;
  const fresh = 'with a fresh Encrypt and Decrypt';
  if (oldest === undefined) return fresh;
  const canaries = `with canaries, the oldest from ${oldest}`;
  return count === keys.length ? canaries : `${count} ${canaries}, and ${keys.length - count} ${fresh}`;
}

function describeFirst(keys: readonly TestedKey[]): string {
  return keys.find(({ detail }) => detail !== undefined)?.detail ?? 'no key was used';
}
