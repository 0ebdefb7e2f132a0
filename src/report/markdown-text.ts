/** Parts of a Markdown text in which nothing from outside becomes markup. */
import { toPrintable } from '../domain/printable.ts';

export function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeText).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/**
 * No name may become markup, HTML, a link or a mention. GitHub and GitLab look for addresses, users and issues in the text
 * that is left once escapes are gone, but never in code.
 */
export function escapeText(text: string): string {
  return toPrintable(text).replace(/[^\s|]+|\|/g, (word) => (isReference.test(word) ? toCode(word) : escapeWord(word)));
}

/** Addresses with or without a scheme, e-mail addresses, `@user`, `#1`, `!1` and their like. */
const isReference = /@|:\/\/|www\.|mailto:|[#!&%~$^]\w|\bGH-\d/i;

function escapeWord(word: string): string {
  return word.replace(/[\\`*_[\]<>|#~]/g, '\\$&');
}

/** Code ends at a fence as long as the one that it began with. */
function toCode(word: string): string {
  const longest = Math.max(0, ...(word.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${word}${fence}` : `${fence} ${word} ${fence}`;
}
