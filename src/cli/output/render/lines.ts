/**
 * Lines for people, before their width is known. `wrap` and `columnsOf` mark where a line may break and how far
 * its continuation is indented; `layOut` breaks it where it is written.
 */
import { eastAsianWidth } from 'get-east-asian-width';
import { toPrintable } from '../../../domain/printable.ts';

/** Where text is written to. */
export interface Sheet {
  readonly columns: number;
  /** Whether it can show more than ASCII. */
  readonly isUtf8: boolean;
}

// Control characters: `toPrintable` leaves none in a text, so no text can forge a mark.
const begin = '\u0002';
const end = '\u0003';
const gap = '\u0004';

/** A line that may be broken between words. It begins with `label`; its continuation is indented, by default as far. */
export function wrap(text: string, label = '', indent = ' '.repeat(label.length)): string {
  const words = toPrintable(text.replace(/\s+/g, ' ')).trim();
  return `${begin}${indent}${gap}${toPrintable(label)}${gap}${words}${end}`;
}

/** A text without its breaks: for a line that is not wrapped. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Rows of label and text, the texts under each other. */
export function columnsOf(rows: readonly (readonly [label: string, text: string])[], margin = '  '): string[] {
  const width = Math.max(0, ...rows.map(([label]) => widthOf(label)));
  return rows.map(([label, text]) => wrap(text, `${margin}${label}${' '.repeat(width - widthOf(label))}  `));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of this module
const wrapped = /\u0002([^\u0004]*)\u0004([^\u0004]*)\u0004([^\u0003]*)\u0003/g;

export type Mark = '✓' | '!' | '✗';

export interface Row {
  /** `!`: a warning. `✗`: an obstacle. */
  readonly mark?: Mark | undefined;
  readonly label: string;
  readonly text: string;
}

/** Marks at the margin, then labels, then the texts under each other. */
export function rowsOf(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(({ label }) => widthOf(label)));
  return rows.map(({ mark = ' ', label, text }) =>
    wrap(text, `${mark} ${label}${' '.repeat(width - widthOf(label))}  `),
  );
}

/** Commands to copy: a line of its own for each, never broken. */
export function commandsOf(label: string, commands: readonly string[]): string[] {
  return commands.length === 0 ? [] : [label, ...commands.map((command) => `    ${command}`)];
}

/** The text as this sheet shows it: lines broken between words, and no sign that it lacks. */
export function layOut(text: string, sheet: Sheet): string {
  const broken = text.replace(wrapped, (_, indent: string, label: string, words: string) =>
    breakLine(label, words.split(' '), indent, sheet.columns),
  );
  return sheet.isUtf8 ? broken : broken.replace(/[✓✗…]/gu, (sign) => asciiSigns[sign] ?? '?');
}

/** Printable text in which each mark at the beginning of a line has its colour, with the words in capitals behind it. */
export function paint(text: string): string {
  return text.replace(verdict, (_, margin: string, sign: string, capitals: string) => {
    const code = colours[sign] ?? '0';
    return `${margin}${inColour(code, sign)} ${capitals === '' ? '' : inColour(`1;${code}`, capitals)}`;
  });
}

/** Beside a label of more than half of the line there is no room: the text goes below it. */
function breakLine(label: string, words: readonly string[], indent: string, columns: number): string {
  const isNarrow = widthOf(indent) > columns / 2;
  const margin = isNarrow ? `${/^ */.exec(label)?.[0] ?? ''}    ` : indent;
  const lines: string[] = [];
  let line = isNarrow && words.join('') !== '' ? '' : label;
  if (line !== label) lines.push(label.trimEnd());
  if (line !== label) line = margin;
  let isEmpty = true;
  for (const word of words) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = margin;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += sign < '\u0300' ? 1 : eastAsianWidth(sign.codePointAt(0) ?? 0);
  return width;
}

const asciiSigns: Readonly<Record<string, string>> = { '✓': '+', '✗': 'x', '…': '...' };

const verdict = /^( *)([✓!✗+x]) ((?:[A-Z]+(?:[ ,:] ?))*)/gmu;

const colours: Readonly<Record<string, string>> = { '✓': '32', '+': '32', '!': '33', '✗': '31', x: '31' };

const inColour = (code: string, text: string) => `\u001b[${code}m${text}\u001b[0m`;
