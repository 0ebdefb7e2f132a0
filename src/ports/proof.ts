/** Proves that the keys of a reconnected store still decrypt what they encrypted before. */
import type { KeyStore } from '../domain/key-store.ts';
import type { Proof } from '../domain/proof.ts';

export interface Prover {
  prove(store: KeyStore): Promise<Proof>;
}
