/** One round of canaries, and the little that can be said without any. */
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary, CanaryRound } from '../domain/key-verification.ts';
import type { Keys } from '../ports/keys.ts';
import { type Tried, tryCanary } from './canary.ts';

const nothing: CanaryRound = { passed: 0, unanswered: 0, lost: [], unusable: [] };

/** The worst first: it decides for a key with several canaries. */
const severity = ['lost', 'unusable', 'unknown', 'passed'] as const satisfies readonly Tried['kind'][];

export async function tryCanaries(
  keys: Keys,
  canaries: readonly Canary[],
  sinceMs: number,
  signal?: AbortSignal,
): Promise<CanaryRound> {
  const tried = await Promise.all(
    canaries.map(async (canary) => ({ canary, ...(await tryCanary(keys, canary, signal)) })),
  );
  const kindOf = (keyId: string) =>
    severity.find((kind) => tried.some((one) => one.kind === kind && one.canary.keyId === keyId));
  const keyIds = [...new Set(canaries.map(({ keyId }) => keyId))];
  const of = (kind: Tried['kind']) => keyIds.filter((keyId) => kindOf(keyId) === kind);
  const [passed, lost, unusable, silent] = [of('passed'), of('lost'), of('unusable'), of('unknown')];
  const without = [...unusable, ...silent];
  const why = tried.find(({ kind, failure }) => failure && (kind === 'unusable' || kind === 'unknown'))?.failure;
  const oldestPassedAtMs = tried
    .filter(({ kind }) => kind === 'passed')
    .reduce((oldest, { canary }) => Math.min(oldest, canary.encryptedAtMs), Number.POSITIVE_INFINITY);
  return {
    passed: passed.length,
    unanswered: silent.length,
    lost,
    unusable,
    ...(why ? { detail: `${without.length} of ${keyIds.length} did not decrypt: ${why.code}, ${why.message}` } : {}),
    ...(Number.isFinite(oldestPassedAtMs) ? { oldestPassedAtMs } : {}),
    ...(lost.length > 0 ? { usedSince: await findUsedSince(keys, lost, sinceMs) } : {}),
  };
}

async function findUsedSince(keys: Keys, lost: readonly string[], sinceMs: number): Promise<readonly string[]> {
  const uses = await Promise.all(lost.map(async (keyId) => ({ keyId, use: await keys.findLastUse(keyId) })));
  return uses.filter(({ use }) => use.ok && (use.value?.atMs ?? 0) >= sinceMs).map(({ keyId }) => keyId);
}

/** Without a canary, random bytes from its cluster show at least that a CloudHSM key store works. `why`: none is there. */
export async function probe(keys: Keys, store: KeyStore, why: string | undefined): Promise<CanaryRound> {
  if (store.customKeyStoreType !== 'AWS_CLOUDHSM') return nothing;
  const answer = await keys.probeCluster(store.customKeyStoreId);
  const told = answer.ok ? 'its cluster answers' : `its cluster gave no answer: ${answer.failure.message}`;
  return { ...nothing, detail: why === undefined ? told : `${why}; ${told}` };
}
