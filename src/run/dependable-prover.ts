/** A prover whose failure is an answer: a run with its store offline has to end with an outcome. */
import { noKeyUse } from '../domain/key-test.ts';
import { unprepared } from '../domain/key-verification.ts';
import type { KeyVerifier } from '../ports/key-verifier.ts';
import { messageOf } from './errors.ts';

/** A prover that fails has not said that the keys are wrong, and the run has to end with an outcome. */
export function makeDependable(keyVerifier: KeyVerifier): KeyVerifier {
  return {
    prepare: (...words) =>
      attempt(
        () => keyVerifier.prepare(...words),
        (detail) => ({ ...unprepared, detail }),
      ),
    tryKeys: (store, preparation, sinceMs) =>
      attempt(
        () => keyVerifier.tryKeys(store, preparation, sinceMs),
        (detail) => ({ passed: 0, unanswered: 0, lost: [], unusable: [], detail }),
      ),
    useKeys: (preparation) =>
      attempt(
        () => keyVerifier.useKeys(preparation),
        (detail) => ({ ...noKeyUse, unanswered: 1, detail }),
      ),
    feel: (preparation) =>
      attempt(
        () => keyVerifier.feel(preparation),
        () => null,
      ),
  };
}

async function attempt<T>(work: () => Promise<T>, otherwise: (detail: string) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return otherwise(messageOf(error));
  }
}
