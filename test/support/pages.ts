/** The pages of the documentation: their fenced blocks and tables, to be compared with what is so. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Every page for people, except `machines/README.md`, which is drawn as a whole. */
export const pages = [
  'README.md',
  'examples/README.md',
  'src/checks/README.md',
  'src/cli/README.md',
  'src/lambda/README.md',
  'src/library/README.md',
  'src/run/README.md',
  'src/simulator/README.md',
  '.github/ARCHITECTURE.md',
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
] as const;

export type Page = (typeof pages)[number];

export const pathOf = (page: string) => resolve(root, page);

export function readPage(page: string): string {
  return readFileSync(pathOf(page), 'utf8');
}

export interface Block {
  readonly language: string;
  readonly text: string;
}

const fence = /^```(\w+)\n(.*?)^```$/gms;

/** The fenced blocks of a text, in order. */
export function listBlocks(page: string): readonly Block[] {
  return [...page.matchAll(fence)].map(([, language = '', text = '']) => ({ language, text }));
}

/** The texts of the blocks of a language on a page, in order. */
export function readBlocks(page: Page, language: string): readonly string[] {
  return listBlocks(readPage(page)).flatMap((block) => (block.language === language ? [block.text] : []));
}

/** The page with other texts in its blocks, one for each, in order. */
export function replaceBlocks(page: string, texts: readonly string[]): string {
  let at = 0;
  return page.replace(fence, (_, language) => `\`\`\`${language}\n${texts[at++] ?? ''}\`\`\``);
}

const tableOf = (heading: string) => new RegExp(`^(\\| ${heading} \\|.*\\n\\|[-|]+\\n)((?:\\|.*\\n)+)`, 'm');

/** The rows of the table whose first heading is this, as cells; none where the page has no such table. */
export function readTable(page: Page, heading: string): string[][] {
  const [, , rows = ''] = tableOf(heading).exec(readPage(page)) ?? [];
  const split = (row: string) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  return rows === '' ? [] : rows.trimEnd().split('\n').map(split);
}

/** The page with these rows in its table of that heading; the page itself where it has none. */
export function fillTable(page: string, heading: string, rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  return page.replace(tableOf(heading), (_, head: string) => head + lines);
}
