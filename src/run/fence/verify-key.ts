/** Whether one key still decrypts what it encrypted before. */
import { effectiveWithinMs } from '../../domain/cadence.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import type { Preparation } from '../../domain/key-verification.ts';
import type { Run } from '../run.ts';

export type Verdict =
  | { readonly kind: 'same' }
  /** `usedSince`: itself, if it was used successfully since the settings are in force. */
  | { readonly kind: 'different'; readonly usedSince: readonly string[] }
  | { readonly kind: 'unknown'; readonly detail: string };

interface VerifyTerms {
  readonly store: KeyStore;
  readonly preparation: Preparation;
  readonly sinceMs: number;
  readonly isRollback: boolean;
}

const tryAgainMs = 1_000;

/** The old settings are known to work, so a key without an answer delays the others for a minute only. */
const rollbackWithinMs = 60_000;

/** Waits until the canary of a key tells, or has not for as long as KMS may use older settings. */
export function createVerify(run: Run, { store, preparation, sinceMs, isRollback }: VerifyTerms) {
  const { lost = [], unusable = [] } = preparation.failedBefore ?? {};

  return async (keyId: string): Promise<Verdict> => {
    const canaries = preparation.canaries.filter((canary) => canary.keyId === keyId);
    if (canaries.length === 0) return { kind: 'unknown', detail: 'cks has no canary of it' };
    if ([...lost, ...unusable].includes(keyId))
      return { kind: 'unknown', detail: 'it did not work before the run either' };
    const untilMs = run.clock.now() + (isRollback ? rollbackWithinMs : effectiveWithinMs);
    for (;;) {
      const round = await run.keyVerifier.tryKeys(store, { ...preparation, canaries }, sinceMs);
      if (round.lost.length > 0) return { kind: 'different', usedSince: round.usedSince ?? [] };
      if (round.passed > 0) return { kind: 'same' };
      if (run.clock.now() >= untilMs) return { kind: 'unknown', detail: round.detail ?? 'its canary gave no answer' };
      await run.clock.sleep(tryAgainMs);
    }
  };
}
