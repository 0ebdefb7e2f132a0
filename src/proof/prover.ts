/** The default prover: canaries of keys in the store, or those that were kept from when it could be asked. */
import { reachesKeysAnew } from '../domain/key-reach.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import { type Preparation, type Trial, unprepared } from '../domain/proof.ts';
import type { KeptCanaries, PrepareTerms, Prover } from '../ports/proof.ts';
import { type CanaryPorts, countKeys, encryptCanaries } from './encrypt-canaries.ts';
import { probe, tryCanaries } from './try-canaries.ts';

export interface ProofPorts extends CanaryPorts {
  readonly kept: KeptCanaries;
}

/** A look at a store that goes offline must not wait for a key: its outage would last as much longer. */
const feelForMs = 1_000;

export function createCanaryProver(ports: ProofPorts): Prover {
  const { keys, kept, clock } = ports;
  return {
    async prepare(store, plan, terms) {
      const why = findNoNeed(store, plan, terms);
      if (why !== undefined) return { ...unprepared, detail: why, isNeedless: true };
      const { runId, policy, mayEncrypt, signal } = terms;
      const listed = await keys.list(store.customKeyStoreId, signal);
      const count = listed.ok ? countKeys(listed.value) : null;
      if (count === 0) return { canaries: [], keys: 0 };
      if (!mayEncrypt || store.connectionState !== 'CONNECTED') return recall(kept, store, count);
      if (!listed.ok) return { ...unprepared, detail: `its keys could not be listed: ${listed.failure.message}` };
      return encryptCanaries(ports, listed.value, { runId, wanted: policy.canaryKeys, signal });
    },

    tryKeys(store, { canaries, detail }, sinceMs): Promise<Trial> {
      return canaries.length > 0 ? tryCanaries(keys, canaries, sinceMs) : probe(keys, store, detail);
    },

    async feel({ canaries: [canary] }) {
      if (canary === undefined) return null;
      const late = new AbortController();
      const { keyId, ciphertext, encryptionContext } = canary;
      const opened = keys.decrypt(keyId, ciphertext, encryptionContext, late.signal);
      const reply = await Promise.race([opened, clock.sleep(feelForMs, late.signal)]);
      late.abort();
      if (!reply) return null;
      if (reply.ok) return true;
      return reply.failure.code === 'KMSInvalidStateException' ? false : null;
    },
  };
}

function findNoNeed(store: KeyStore, plan: Plan, { policy }: PrepareTerms): string | undefined {
  if (policy.canaryKeys.includes('none')) return 'no canary was wanted';
  if (store.connectionState !== 'CONNECTED' && plan.wantedState !== 'CONNECTED')
    return 'the store is not CONNECTED, and stays so';
  // Whoever requires a proof gets one, also of what cannot have changed.
  return policy.requireProof || reachesKeysAnew(plan) ? undefined : 'the change touches no key';
}

async function recall(kept: KeptCanaries, store: KeyStore, keys: number | null): Promise<Preparation> {
  const canaries = await kept.read(store.customKeyStoreId);
  if (canaries.length > 0) return { canaries, keys };
  return { canaries, keys, detail: 'the old settings are not in force, and no canaries were kept from when they were' };
}
