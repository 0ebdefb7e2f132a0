/** What holds for every runbook, in whatever language it is written. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../support/pages.ts';
import { account, folder, listRunbooks } from '../support/runbooks.ts';

const files = listRunbooks().map((path) => [relative(folder, path), readFileSync(path, 'utf8')] as const);

describe('the runbooks', () => {
  it('are listed on their page', () => {
    const listed = readTable('examples/README.md', 'runbook').flatMap((cells) => [
      ...cells.join().matchAll(/\]\(([^)]+)\)/g),
    ]);
    const names = listed.map(([, name]) => name);
    expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(names));
    const others = files
      .map(([name]) => name)
      .filter((name) => !/^0|support\.mjs|package\.json|README\.md|quick-start\.yaml/.test(name));
    expect(names).toEqual(expect.arrayContaining(others));
  });

  it.each(files)('%s names no account but the one of examples, no key of AWS, and nobody', (_, text) => {
    for (const [found] of text.matchAll(/\b\d{12}\b/g)) expect(found).toBe(account);
    expect(text).not.toMatch(/A(KI|SI)A[0-9A-Z]{16}/);
    expect(text).not.toMatch(/[\w.]+@[\w-]+\.\w+/);
  });
});
