/** The file of a saved plan. It holds no secret, and still is nobody else's business. */
import { readFileSync } from 'node:fs';
import type { SavedPlan } from '../library/saved-plan.ts';
import { InvalidInputError } from '../run/errors.ts';
import { writePrivately } from './output.ts';

/** @throws {InvalidInputError} */
export function writePlan(file: string, plan: SavedPlan): void {
  withCode('--out cannot be written', () => writePrivately(file, `${JSON.stringify(plan, null, 2)}\n`));
}

/** Whatever the file holds, as JSON. @throws {InvalidInputError} */
export function readPlan(file: string): unknown {
  const text = withCode('the plan cannot be read', () => readFileSync(file, 'utf8'));
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('that is no plan: it is no JSON; cks plan --out makes one');
  }
}

function withCode<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InvalidInputError(`${what} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}
