/**
 * Begins with the files that take longest, so that none of them is left over for one worker at the end: a fresh checkout
 * has no memory of how long each of them took.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Below `test`, each of them ten seconds and more, most of which are spent waiting; the others come as vitest has them. */
const longest = [
  'readme',
  'cli/demo',
  'runbooks/automation',
  'lambda/local-runner',
  'cli/holding',
  'cli/resume',
  'examples',
  'aws/dynamodb/table-lock',
  'cli/stops',
  'cli/guided/sessions',
  'cli/kills',
  'cli/aws/reach',
  'cli/bad-input',
  'schemas',
  'lambda/safe-update',
  'runbooks/workflow',
  'run/promises',
  'run/scenarios',
].map((name) => join(import.meta.dirname, '..', `${name}.test.ts`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = longest.filter((file) => !existsSync(file));
    if (missing.length > 0) throw new Error(`${missing.join(', ')}: there is no such test any more`);
    const others = await super.sort(files.filter(({ moduleId }) => !longest.includes(moduleId)));
    return [...longest.flatMap((file) => files.filter(({ moduleId }) => moduleId === file)), ...others];
  }
}
