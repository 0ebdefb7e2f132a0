/** The file of a saved plan. It holds no secret, and still is nobody else's business. */
import { closeSync, fchmodSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { SavedPlan } from '../library/saved-plan.ts';
import { InvalidInputError } from '../run/errors.ts';

/** @throws {InvalidInputError} */
export function writePlan(file: string, plan: SavedPlan): void {
  withCode('--out cannot be written', () => {
    const fd = openSync(file, 'w', 0o600);
    try {
      if (fstatSync(fd).isFile()) fchmodSync(fd, 0o600);
      writeFileSync(fd, `${JSON.stringify(plan, null, 2)}\n`);
    } finally {
      closeSync(fd);
    }
  });
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
