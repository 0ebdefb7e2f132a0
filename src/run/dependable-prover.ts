/** A prover whose failure is an answer: a run with its store offline has to end with an outcome. */
import { noKeyUse } from '../domain/key-test.ts';
import { unprepared } from '../domain/proof.ts';
import type { Prover } from '../ports/proof.ts';
import { messageOf } from './errors.ts';

/** A prover that fails has not said that the keys are wrong, and the run has to end with an outcome. */
export function makeDependable(prover: Prover): Prover {
  return {
    prepare: (...words) =>
      attempt(
        () => prover.prepare(...words),
        (detail) => ({ ...unprepared, detail }),
      ),
    tryKeys: (store, preparation, sinceMs) =>
      attempt(
        () => prover.tryKeys(store, preparation, sinceMs),
        (detail) => ({ passed: 0, unanswered: 0, lost: [], unusable: [], detail }),
      ),
    useKeys: (preparation) =>
      attempt(
        () => prover.useKeys(preparation),
        (detail) => ({ ...noKeyUse, unanswered: 1, detail }),
      ),
    feel: (preparation) =>
      attempt(
        () => prover.feel(preparation),
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
