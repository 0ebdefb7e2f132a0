/** Proves that the keys of a reconnected store still decrypt what they encrypted before, and keeps what that takes. */
import type { KeyStore } from '../domain/key-store.ts';
import type { KeyUse } from '../domain/key-test.ts';
import type { Canary, CanaryRound, Preparation } from '../domain/key-verification.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';

export interface KeyVerifier {
  /**
   * Makes canaries before the first write. `mayEncrypt`: the settings in force are the old ones; otherwise only canaries
   * that were kept from then say anything. It changes nothing, and fails into its detail.
   */
  prepare(store: KeyStore, plan: Plan, terms: PrepareTerms): Promise<Preparation>;
  /** Decrypts every canary once. `sinceMs`: when the settings came into force that are tried. */
  tryKeys(store: KeyStore, preparation: Preparation, sinceMs: number): Promise<CanaryRound>;
  /** Encrypts and decrypts anew, once with each chosen key: whether they work now. */
  useKeys(preparation: Preparation): Promise<KeyUse>;
  /** Whether one key of the store works now; null where its answer does not tell. */
  feel(preparation: Preparation): Promise<boolean | null>;
}

export interface PrepareTerms {
  readonly runId: string;
  readonly policy: Policy;
  readonly mayEncrypt: boolean;
  /** Canaries of the run that this one undoes. They are older than its change, so they count like kept ones. */
  readonly earlier: readonly Canary[];
  readonly signal: AbortSignal;
}

/** Canaries that outlive their run: evidence from when the keys of a store were known to work. */
export interface KeptCanaries {
  /** None where none are kept. @throws {KeptCanariesError} */
  read(customKeyStoreId: string): Promise<readonly Canary[]>;
  /** In the place of those that were kept. @throws {KeptCanariesError} */
  write(customKeyStoreId: string, canaries: readonly Canary[]): Promise<void>;
}

/** Canaries cannot be kept, or those that are cannot be trusted. The message names the file, and says what to do. */
export class KeptCanariesError extends Error {
  override readonly name = 'KeptCanariesError';
}
