/** Proves nothing: for whoever wants no canary encrypted. */
import { unprepared } from '../domain/proof.ts';
import type { Prover } from '../ports/proof.ts';

export const noProver: Prover = {
  prepare: async () => unprepared,
  tryKeys: async () => ({ passed: 0, unanswered: 0, lost: [] }),
  feel: async () => null,
};
