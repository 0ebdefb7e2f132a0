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

/** `runId`: of the run whose journal holds it; absent: it was kept. */
export interface OlderCanary extends Canary {
  readonly runId?: string;
}

export interface KeyTestTerms {
  readonly store: KeyStore;
  readonly canaries: readonly OlderCanary[];
  readonly listed: Reply<KeyInventory>;
  /** ARN of the canary key; absent: none is known. It says nothing of the keys that applications use. */
  readonly canaryKeyId?: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export async function testKeys(keys: Keys, terms: KeyTestTerms): Promise<StoreKeyTest> {
  const { store, canaries, listed, canaryKeyId, nowMs, signal } = terms;
  const about = {
    total: listed.ok ? listed.value.keys.length : null,
    ...(canaryKeyId === undefined ? {} : { canaryKeyId }),
  };
  const older = joinByKey(await Promise.all(canaries.map((canary) => openOlder(keys, canary, signal))));
  const judged = judgeKeys(older, about);
  if (judged.status === 'failed') return judged;
  if (!listed.ok) {
    if (judged.status === 'passed') return judged;
    const message = `whether keys work could not be found out: its keys could not be listed: ${listed.failure.message}`;
    return { kind: 'none', status: 'unknown', message, keys: older };
  }
  const chosen = choose(listed.value.keys, older, canaryKeyId);
  if (chosen.length > 0) {
    const fresh = await Promise.all(chosen.map((key) => use(keys, key, nowMs, signal)));
    // A fresh use of a key says more than a canary that gave no answer.
    const isUsed = ({ keyId }: TestedKey) => fresh.some((one) => one.keyId === keyId);
    return judgeKeys([...older.filter((key) => !isUsed(key)), ...fresh], about);
  }
  if (older.length > 0) return judged;
  if (store.customKeyStoreType === 'AWS_CLOUDHSM') return askCluster(keys, store, signal);
  const hidden = listed.value.hidden > 0 ? `; ${listed.value.hidden} keys of the account could not be checked` : '';
  return { kind: 'none', status: 'nothing', message: `nothing to test: it holds no Enabled key${hidden}`, keys: [] };
}

async function openOlder(keys: Keys, canary: OlderCanary, signal: AbortSignal): Promise<TestedKey> {
  const { keyId, encryptedAtMs, runId } = canary;
  const about = { encryptedAt: toIso(encryptedAtMs), ...(runId === undefined ? {} : { runId }) };
  const { kind, failure } = await tryCanary(keys, canary, signal);
  if (kind === 'passed') return { keyId, result: 'works', ...about };
  if (failure === undefined) return { keyId, result: 'lost', detail: 'it decrypts to something else', ...about };
  return { ...describeFailedKey(keyId, failure), ...about };
}

/** The worst first: it decides for a key with several canaries; of equal ones, the oldest. */
const severity: readonly TestedKey['result'][] = ['lost', 'unusable', 'works', 'unknown'];

function joinByKey(tested: readonly TestedKey[]): readonly TestedKey[] {
  const worstFirst = [...tested].sort(
    (one, other) =>
      severity.indexOf(one.result) - severity.indexOf(other.result) ||
      (one.encryptedAt ?? '').localeCompare(other.encryptedAt ?? ''),
  );
  const keyIds = [...new Set(tested.map(({ keyId }) => keyId))];
  return keyIds.flatMap((keyId) => worstFirst.find((one) => one.keyId === keyId) ?? []);
}

async function use(keys: Keys, key: StoreKey, nowMs: number, signal: AbortSignal): Promise<TestedKey> {
  const made = await makeWithRights(keys, key.arn, { encryptionContext: keyTestContext, nowMs, signal });
  if ('ciphertext' in made) return { keyId: key.arn, result: 'works' };
  return describeFailedKey(key.arn, made);
}

/**
 * Keys that applications use, three with those whose canary decrypted: the newest, the oldest and one between, because keys
 * of different ages fail for different reasons. The canary key only if no other key is Enabled.
 */
function choose(
  all: readonly StoreKey[],
  older: readonly TestedKey[],
  canaryKeyId: string | undefined,
): readonly StoreKey[] {
  const works = ({ arn }: StoreKey) => older.some(({ keyId, result }) => keyId === arn && result === 'works');
  const enabled = all.filter(({ keyState }) => keyState === 'Enabled');
  const ofApplications = enabled.filter(({ arn }) => arn !== canaryKeyId);
  const eligible = ofApplications.length > 0 ? ofApplications : enabled;
  const wanted = testedAtMost - eligible.filter(works).length;
  const usable = eligible.filter((key) => !works(key)).sort((a, b) => b.createdAtMs - a.createdAtMs);
  const spread = usable.length <= wanted ? usable.keys() : [0, usable.length - 1, usable.length >> 1];
  return [...spread].slice(0, Math.max(0, wanted)).flatMap((place) => usable[place] ?? []);
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
