/** Words that no user should read, in the strings of the product and on the pages: one term for one thing, in plain English. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, readPage } from './support/pages.ts';
import { type Literal, listLiterals } from './support/string-literals.ts';

const root = resolve(import.meta.dirname, '..');

/** Each with what to say instead. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(go|goes|going|gone|went) on\b/i, 'continue'],
  [
    /\b(nobody|no one|whoever|anybody|somebody|known to nobody|nobody can)\b/i,
    'name the actor, or say that it is not known',
  ],
  [/\bmend(s|ed|ing)?\b|\bamiss\b/i, 'fix, problem'],
  [/\bat hand\b|leads nowhere/i, 'say what is missing'],
  [/\bthrow-?away\b|rehears(al|ed|es)? (a |the )?(connect|store)|--rehearse\b/i, 'trial store, trial connect'],
  [/\bforeign hand\b|\bby the hand\b|\bstrangers?\b|\bbefalls?\b|\bheirs?\b/i, 'external change, someone else'],
  [/\b(strikes?|struck)\b/i, 'the dead man’s switch fires'],
  [
    /\bway back\b|\bputs? (\w+ ){0,4}back\b|\bturns? (the run )?around\b|\bundo(es|ne)?\b/i,
    'roll back, restore, revert',
  ],
  [/\b(un)?proven?\b|\bproofs?\b/i, 'verify, key verification'],
  [/\bself-harm\b|\bshort-credentials\b/i, 'self-dependency, expiring-credentials'],
  [/\bin (the )?place of\b/i, 'instead of'],
  [/\btells?\b (?!whether)|\btold\b|\bhears? of\b|\bfelt\b/i, 'say, show, report'],
  [/\b(be|is|are) led\b|\bno good end\b/i, 'failed, guided'],
  [/\btaken? (it )?away\b|\bcut off\b/i, 'delete, disarm, interrupt'],
  [/\bcould not look\b|\blooked at\b/i, 'could not run, check'],
  [/\b(anew|unseen|vouch(es)?)\b/i, 'again, hidden, trusted'],
  [/\bdwell\b|\bdeadlines?\b/i, 'bake time, longest wait'],
  [
    /\bare none\b|\bthat is none\b|\bof our own\b|\bas ours\b|\bis no (plan|JSON|key|option|check|risk|problem)\b/i,
    'is not a ...',
  ],
  [
    /\bthere and back\b|\bthere and fit\b|\bkeeps? (everybody|others) out\b|\bkept out\b|\bleft out by\b/i,
    'name the steps, usable, locked, skipped',
  ],
  [/\ball the same\b|\bstays so\b|\bin its time\b/i, 'anyway, if this continues'],
  [/\bit is gone on\b|\bneeds nothing\b|\bwhere it is so\b|\bas it is no longer\b/i, 'say what is'],
];

/** Headings of the help that have other names now. */
const bannedHeading = /^(Way|Proof|Consent|Deadlines|Notices.*):$/;

const folders = [
  'src/checks',
  'src/cli',
  'src/aws',
  'src/domain',
  'src/disk',
  'src/key-verification',
  'src/hosts',
  'src/lambda',
  'src/library',
  'src/ports',
  'src/progress',
  'src/report',
  'src/run',
  'src/secrets',
  'src/xks-proxy',
  'machines',
];

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

describe('plain words', () => {
  it.each(files)('%s shows no phrase that the vocabulary bans', (file) => {
    // A literal of one word is a name, not a sentence.
    const sentences = listLiterals(readFileSync(join(root, file), 'utf8')).filter(({ text }) => text.includes(' '));

    expect(sentences.flatMap(judge)).toEqual([]);
  });

  it.each([...pages, 'machines/README.md'])('%s holds no phrase that the vocabulary bans', (page) => {
    const lines = readPage(page)
      .split('\n')
      .map((text, at) => ({ line: at + 1, text }));

    expect(lines.flatMap(judge)).toEqual([]);
  });

  it('finds strings and templates, and leaves out comments, regular expressions and code', () => {
    const source = [
      "const a = 'one'; // 'no'",
      '/* `no` */ const b = /["\'`]/.test(c) ? "two" : d / e;',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a template to be read
      "const f = `three ${g({ h: 'four' })} five`;",
    ].join('\n');

    expect(listLiterals(source)).toEqual([
      { line: 1, text: 'one' },
      { line: 2, text: 'two' },
      { line: 3, text: 'four' },
      { line: 3, text: 'three … five' },
    ]);
  });

  it('bans what it says', () => {
    const texts = ['KMS goes on with it', 'is known to nobody', 'the way back', 'mend it', 'Proof:', 'to be proven'];

    expect(texts.filter((text) => judge({ line: 1, text }).length === 0)).toEqual([]);
  });
});

function judge({ line, text }: Literal): readonly string[] {
  const found = banned.flatMap(([phrase, instead]) => {
    const word = phrase.exec(text)?.[0];
    return word === undefined ? [] : [`line ${line}: "${word}" in "${text}"; say instead: ${instead}`];
  });
  return bannedHeading.test(text) ? [...found, `line ${line}: the heading "${text}" has another name now`] : found;
}
