/** One round of canaries, and the little that can be said without any. */
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary, Trial } from '../domain/proof.ts';
import type { Keys } from '../ports/keys.ts';
import { tryCanary } from './canary.ts';

export async function tryCanaries(keys: Keys, canaries: readonly Canary[], sinceMs: number): Promise<Trial> {
  const tried = await Promise.all(canaries.map(async (canary) => ({ canary, ...(await tryCanary(keys, canary)) })));
  const lost = tried.filter(({ kind }) => kind === 'lost').map(({ canary }) => canary.keyId);
  const silent = tried.filter(({ kind }) => kind === 'unanswered');
  const why = silent[0]?.failure;
  return {
    passed: tried.filter(({ kind }) => kind === 'passed').length,
    unanswered: silent.length,
    lost,
    ...(why ? { detail: `${silent.length} of ${tried.length} gave no answer: ${why.code}, ${why.message}` } : {}),
    ...(lost.length > 0 ? { usedSince: await findUsedSince(keys, lost, sinceMs) } : {}),
  };
}

async function findUsedSince(keys: Keys, lost: readonly string[], sinceMs: number): Promise<readonly string[]> {
  const uses = await Promise.all(lost.map(async (keyId) => ({ keyId, use: await keys.findLastUse(keyId) })));
  return uses.filter(({ use }) => use.ok && (use.value?.atMs ?? 0) >= sinceMs).map(({ keyId }) => keyId);
}

/** Without a canary, random bytes from its cluster show at least that a CloudHSM key store works. `why`: none is there. */
export async function probe(keys: Keys, store: KeyStore, why: string | undefined): Promise<Trial> {
  const nothing = { passed: 0, unanswered: 0, lost: [] };
  if (store.customKeyStoreType !== 'AWS_CLOUDHSM') return nothing;
  const answer = await keys.probeCluster(store.customKeyStoreId);
  const told = answer.ok ? 'its cluster answers' : `its cluster gave no answer: ${answer.failure.message}`;
  return { ...nothing, detail: why === undefined ? told : `${why}; ${told}` };
}
