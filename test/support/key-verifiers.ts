/** Provers that say what a test wants: the keys of a store are the same, others, or give no answer. */
import type { KeyStore } from '../../src/domain/key-store.ts';
import { noKeyUse } from '../../src/domain/key-test.ts';
import { type Canary, type CanaryRound, unprepared } from '../../src/domain/key-verification.ts';
import type { KeyVerifier } from '../../src/ports/key-verifier.ts';

/** `inconclusive`: the answers say nothing about the store. `unusable`: KMS cannot use the key. */
export type Judgement = 'verified' | 'inconclusive' | 'mismatch' | 'unusable';

const keyId = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const canary: Canary = { keyId, ciphertext: 'AA==', sha256: '00', encryptionContext: {}, encryptedAtMs: 0 };

const trials: Readonly<Record<Judgement, CanaryRound>> = {
  verified: { passed: 1, unanswered: 0, lost: [], unusable: [] },
  inconclusive: { passed: 0, unanswered: 1, lost: [], unusable: [] },
  mismatch: { passed: 0, unanswered: 0, lost: [keyId], unusable: [] },
  unusable: { passed: 0, unanswered: 0, lost: [], unusable: [keyId], detail: 'the proxy denied access' },
};

/** One canary, of a key that is what `judge` says of the store as it is. */
export function createKeyVerifier(judge: (store: KeyStore) => Judgement | Promise<Judgement>): KeyVerifier {
  return {
    prepare: async () => ({ canaries: [canary], keys: 1 }),
    tryKeys: async (store) => trials[await judge(store)],
    useKeys: async () => noKeyUse,
    // It is tried while the store is offline.
    feel: async () => false,
  };
}

export const noProver: KeyVerifier = {
  prepare: async () => unprepared,
  tryKeys: async () => ({ passed: 0, unanswered: 0, lost: [], unusable: [] }),
  useKeys: async () => noKeyUse,
  feel: async () => null,
};
