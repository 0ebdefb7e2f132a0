/** The file of a saved plan. It holds no secret, but only its owner may read it. */
import type { SavedPlan } from '../../library/saved-plan.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { writePrivately } from '../output/output.ts';
import { readTextFile } from './read-file.ts';

/** @throws {InvalidInputError} */
export function writePlan(file: string, plan: SavedPlan): void {
  try {
    writePrivately(file, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (error) {
    throw new InvalidInputError(
      `--out cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
}

/** Whatever the file holds, as JSON. @throws {InvalidInputError} */
export function readPlan(file: string): unknown {
  const text = readTextFile('the plan', file);
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('not a plan: expected the JSON file that cks plan --out writes');
  }
}
