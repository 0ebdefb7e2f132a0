/**
 * Uses keys of a store, to see whether they work now: kept canaries first, else one Encrypt and Decrypt with a few keys, else
 * random bytes from the cluster. It changes no store; each use is in CloudTrail and counts as a use of the key.
 */
import { toIso } from '../domain/duration.ts';
import { judgeKeyFailure } from '../domain/key-failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary } from '../domain/key-verification.ts';
import { describeFailedKey, judgeKeys, type StoreKeyTest, type TestedKey } from '../domain/store-key-test.ts';
import type { KeyInventory, Keys, StoreKey } from '../ports/keys.ts';
import type { Reply } from '../ports/kms.ts';
import { makeWithRights, tryCanary } from './canary.ts';
import { keyTestContext } from './use-keys.ts';

const testedAtMost = 3;

export interface KeyTestTerms {
  readonly store: KeyStore;
  readonly canaries: readonly Canary[];
  readonly listed: Reply<KeyInventory>;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export async function testKeys(keys: Keys, terms: KeyTestTerms): Promise<StoreKeyTest> {
  const { store, canaries, listed, nowMs, signal } = terms;
  const kept = judgeKeys('canaries', await Promise.all(canaries.map((canary) => openKept(keys, canary, signal))));
  if (kept.status === 'passed' || kept.status === 'failed') return kept;
  if (!listed.ok) {
    const message = `whether keys work could not be found out: its keys could not be listed: ${listed.failure.message}`;
    return { kind: 'none', status: 'unknown', message, keys: kept.keys };
  }
  const chosen = choose(listed.value.keys);
  if (chosen.length > 0)
    return judgeKeys('fresh', await Promise.all(chosen.map((key) => use(keys, key, nowMs, signal))));
  if (store.customKeyStoreType === 'AWS_CLOUDHSM') return askCluster(keys, store, signal);
  const hidden = listed.value.hidden > 0 ? `; ${listed.value.hidden} keys of the account could not be checked` : '';
  return { kind: 'none', status: 'nothing', message: `nothing to test: it holds no Enabled key${hidden}`, keys: [] };
}

async function openKept(keys: Keys, canary: Canary, signal: AbortSignal): Promise<TestedKey> {
  const { keyId, encryptedAtMs } = canary;
  const encryptedAt = toIso(encryptedAtMs);
  const { kind, failure } = await tryCanary(keys, canary, signal);
  if (kind === 'passed') return { keyId, result: 'works', encryptedAt };
  if (failure === undefined) return { keyId, result: 'lost', detail: 'it decrypts to something else', encryptedAt };
  return { ...describeFailedKey(keyId, failure), encryptedAt };
}

async function use(keys: Keys, key: StoreKey, nowMs: number, signal: AbortSignal): Promise<TestedKey> {
  const made = await makeWithRights(keys, key.arn, { encryptionContext: keyTestContext, nowMs, signal });
  if ('ciphertext' in made) return { keyId: key.arn, result: 'works' };
  return describeFailedKey(key.arn, made);
}

/** The newest, the oldest and one between: keys of different ages fail for different reasons. */
function choose(all: readonly StoreKey[]): readonly StoreKey[] {
  const usable = all.filter(({ keyState }) => keyState === 'Enabled').sort((a, b) => b.createdAtMs - a.createdAtMs);
  const places = usable.length <= testedAtMost ? usable.keys() : [0, usable.length >> 1, usable.length - 1];
  return [...places].flatMap((place) => usable[place] ?? []);
}

async function askCluster(keys: Keys, store: KeyStore, signal: AbortSignal): Promise<StoreKeyTest> {
  const answer = await keys.probeCluster(store.customKeyStoreId, signal);
  const base = { kind: 'random', keys: [] } as const;
  if (answer.ok)
    return { ...base, status: 'passed', message: 'it holds no Enabled key, and its cluster gives random bytes' };
  const { code, message } = answer.failure;
  const isOurs = judgeKeyFailure(answer.failure) === 'unknown';
  const told = `it holds no Enabled key, and its cluster gave no random bytes: ${code}: ${message}`;
  return { ...base, status: isOurs ? 'unknown' : 'failed', message: told };
}
