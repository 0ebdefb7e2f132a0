/** Reads README.md: its screens, its snippets and its tables, each to be held against what is so. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const path = resolve(import.meta.dirname, '../../README.md');

export function readReadme(): string {
  return readFileSync(path, 'utf8');
}

/** The fenced blocks of a language, in order. */
export function readBlocks(language: string): string[] {
  return [...readReadme().matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block]) => block ?? '',
  );
}

/** The rows of the table whose first heading is this, as cells. */
export function readTable(heading: string): string[][] {
  const [, rows = ''] = new RegExp(`^\\| ${heading} \\|.*?\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'm').exec(readReadme()) ?? [];
  return rows
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
