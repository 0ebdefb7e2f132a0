/** The style of commits, as CONTRIBUTING has it. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The last commit from before the rule. */
const before = '1390e9b77106de4f6466ed07417be28ccd309bf4';
const longest = 72;

function git(...words: readonly string[]) {
  return spawnSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' });
}

/** A clone without that commit has another history, or little of it. */
function listSubjects(): readonly string[] {
  const isKnown = git('merge-base', '--is-ancestor', before, 'HEAD').status === 0;
  const range = isKnown ? [`${before}..HEAD`] : ['-1', 'HEAD'];
  return git('log', '--no-merges', '--format=%s', ...range)
    .stdout.trimEnd()
    .split('\n');
}

it.skipIf(git('rev-parse', 'HEAD').status !== 0)('every commit has a subject of at most 72 characters', () => {
  const subjects = listSubjects();
  expect(subjects.length).toBeGreaterThan(0);
  expect(
    subjects.filter((subject) => subject.length > longest),
    'shorten them with git rebase --interactive; the reason belongs in the body',
  ).toEqual([]);
});
