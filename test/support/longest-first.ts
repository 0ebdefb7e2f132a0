/**
 * Begins with the files that take longest, so that none of them is left over for one worker at the end: a fresh checkout
 * has no memory of how long each of them took.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Below `test`, each of them ten seconds and more; the others come as vitest has them. */
const longest = [
  'cli/kills',
  'hosts/lambda',
  'cli/resume',
  'run/stop',
  'run/crash',
  'lambda/safe-update',
  'run/interpretations',
  'cli/aws/same-bytes',
  'simulator/aws-cli',
  'run/take-up',
  'readme',
  'schemas',
].map((name) => join(import.meta.dirname, '..', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = longest.filter((file) => !existsSync(file));
    if (missing.length > 0) throw new Error(`${missing.join(', ')}: there is no such test any more`);
    const others = await super.sort(files.filter(({ moduleId }) => !longest.includes(moduleId)));
    return [...longest.flatMap((file) => files.filter(({ moduleId }) => moduleId === file)), ...others];
  }
}
