/** Provers that say what a test wants: the keys of a store are the same, others, or give no answer. */
import type { KeyStore } from '../../src/domain/key-store.ts';
import { type Canary, type Trial, unprepared } from '../../src/domain/proof.ts';
import type { Prover } from '../../src/ports/proof.ts';

export type Judgement = 'proven' | 'inconclusive' | 'mismatch';

const keyId = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const canary: Canary = { keyId, ciphertext: 'AA==', sha256: '00', encryptionContext: {}, encryptedAtMs: 0 };

const trials: Readonly<Record<Judgement, Trial>> = {
  proven: { passed: 1, unanswered: 0, lost: [] },
  inconclusive: { passed: 0, unanswered: 1, lost: [] },
  mismatch: { passed: 0, unanswered: 0, lost: [keyId] },
};

/** One canary, of a key that is what `judge` says of the store as it is. */
export function createProver(judge: (store: KeyStore) => Judgement | Promise<Judgement>): Prover {
  return {
    prepare: async () => ({ canaries: [canary], keys: 1 }),
    tryKeys: async (store) => trials[await judge(store)],
    // It is tried while the store is offline.
    feel: async () => false,
  };
}

export const noProver: Prover = {
  prepare: async () => unprepared,
  tryKeys: async () => ({ passed: 0, unanswered: 0, lost: [] }),
  feel: async () => null,
};
