import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { checkNames } from '../src/checks/rights.ts';
import { commands } from '../src/cli/commands.ts';
import { isLongName } from '../src/cli/options/options.ts';
import { otherExitCodes, outcomes } from '../src/domain/outcome.ts';
import { risks } from '../src/domain/policy.ts';
import { trialConnectCheck } from '../src/domain/trial-connect.ts';
import { fillTable, listBlocks, type Page, pages, pathOf, readPage, readTable } from './support/pages.ts';
import { retakeScreens } from './support/screens.ts';

const root = resolve(import.meta.dirname, '..');

const code = (text: string) => `\`${text}\``;

/** Tables that the code fills, by their first heading, on whichever page they are. */
const tables: Readonly<Record<string, readonly (readonly string[])[]>> = {
  outcome: Object.entries(outcomes).map(([name, { exitCode, meaning }]) => [code(name), `${exitCode}`, meaning]),
  risk: Object.entries(risks).map(([name, meaning]) => [code(name), meaning]),
};

describe('the pages of the documentation', () => {
  // Run with -u, this writes the screens and tables that have changed into the pages.
  it.concurrent.for(pages)('%s shows screens and tables as they are', async (page, { expect }) => {
    const retaken = await retakeScreens(readPage(page));
    const filled = Object.entries(tables).reduce((text, [heading, rows]) => fillTable(text, heading, rows), retaken);
    await expect(filled).toMatchFileSnapshot(pathOf(page));
  });

  it('list every outcome, exit code, risk, command and check', () => {
    const firsts = (page: Page, heading: string) =>
      readTable(page, heading).flatMap(([cell = '']) => cell.match(/[^`]+(?=`)/) ?? []);
    // Their rows are filled above; a page that lost such a table would have nothing to fill.
    expect([readTable('README.md', 'outcome'), readTable('src/cli/README.md', 'risk')]).not.toContainEqual([]);
    expect(readTable('README.md', 'other exit').map(([code]) => Number(code))).toEqual(Object.values(otherExitCodes));
    const listed = firsts('README.md', 'command').map((line) =>
      line.replace(/^cks /, '').replace(/ ?\[?[A-Z]+\]?$/, ''),
    );
    expect(listed.sort()).toEqual(
      Object.keys(commands)
        .filter((name) => !isLongName(name))
        .sort(),
    );
    const ours = [...checkNames, trialConnectCheck].filter((name) => name !== 'account');
    expect(firsts('src/checks/README.md', 'check').sort()).toEqual(ours.sort());
  });

  it.each([...pages, 'machines/README.md'])('%s links to files and headings that are there', (page) => {
    const text = readPage(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? pathOf(page) : resolve(dirname(pathOf(page)), path);
      return (
        !existsSync(target) || (anchor !== undefined && !listAnchors(readPage(relative(root, target))).includes(anchor))
      );
    });
    expect(dead).toEqual([]);
  });

  it.each(pages)('%s names files that are there', (page) => {
    const named = [...readPage(page).matchAll(/`((?:src|test|machines|examples|\.ci|\.github)\/[^`\s]+)`/g)];
    const paths = named
      .map(([, path = '']) => path)
      .filter((path) => !/[A-Z]{4}|\*/.test(path) || /README|ARCH|CONTRIB/.test(path));
    expect(paths.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
  });

  it('link only to files that the package holds, where they are in it themselves', () => {
    const isPacked = (path: string) => manifest.files.some((file) => path === file || path.startsWith(`${file}/`));
    const packed = [...pages, 'machines/README.md'].filter(isPacked);
    const strays = packed.flatMap((page) => {
      const links = [...readPage(page).matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(([, link = '']) => link);
      return links.map((link) => join(dirname(page), link)).filter((path) => !isPacked(path));
    });
    expect(strays).toEqual([]);
    expect(packed).toEqual(expect.arrayContaining(pages.filter((page) => !page.startsWith('.github/'))));
  });
});

/** As GitHub names the headings of a page; a `#` in a fenced block is no heading. */
function listAnchors(page: string): readonly string[] {
  const text = listBlocks(page).reduce((rest, { text }) => rest.replace(text, ''), page);
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
