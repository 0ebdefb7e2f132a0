/** The command line that does what was asked for without asking: for a shell, in lines of at most 80 columns. */
import { quoteForShell } from '../../domain/shell.ts';
import type { OptionValues } from '../options/option-values.ts';

const columns = 80;

export function writeCommand(words: readonly string[], optionValues: OptionValues): string {
  const options = Object.entries(optionValues).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [value].flat().map((one) => (one === true ? [`--${name}`] : [`--${name}`, quoteForShell(one)]));
  });
  return foldWords([['cks'], ...words.map((word) => [quoteForShell(word)]), ...options]);
}

/** The same of words as they are given to a process. */
export function writeWords(words: readonly string[], start: string): string {
  const groups: string[][] = [];
  for (const word of words) {
    const last = groups.at(-1);
    if (last?.[0]?.startsWith('--') && last.length === 1 && !word.startsWith('--')) last.push(quoteForShell(word));
    else groups.push([quoteForShell(word)]);
  }
  return foldWords(groups, start);
}

/** An option stays beside its value where both fit into a line. */
function foldWords(groups: readonly (readonly string[])[], start = '  '): string {
  const lines: string[] = [];
  let line = start;
  const put = (text: string) => {
    const isFirst = line === start;
    // The last two columns are for the backslash.
    if (!isFirst && line.length + 1 + text.length > columns - 2) {
      lines.push(`${line} \\`);
      line = `    ${text}`;
    } else line += isFirst ? text : ` ${text}`;
  };
  for (const group of groups) {
    const whole = group.join(' ');
    if (whole.length + 4 <= columns - 2) put(whole);
    else for (const word of group) put(word);
  }
  return [...lines, line].join('\n');
}
