/** What there is to complete, from the tables of commands and options. */
import { commandGroups, commands } from '../commands.ts';
import type { OptionRow } from '../options/option-row.ts';
import { awsOptionWords, optionWords } from '../options/option-words.ts';
import { type CommandName, isLongName, rowsOf } from '../options/options.ts';

export interface CompletedOption {
  readonly flag: string;
  /** One line without its last stop. */
  readonly help: string;
  /** `none`: it takes no value. `text`: any value. */
  readonly value: 'none' | 'file' | 'folder' | 'words' | 'text';
  readonly words: readonly string[];
  /** Words may be joined with commas. */
  readonly isList: boolean;
}

export interface CompletedCommand {
  /** The words of its name. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly takes: 'file' | 'shell' | 'text';
}

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

export function listCommands(): readonly CompletedCommand[] {
  return Object.entries(commands).map(([name, { summary, takes }]) => ({
    path: name.split(' '),
    summary,
    options: [...optionsOf(name as CommandName), ...helps],
    takes: takes === undefined ? 'text' : (completedWords[takes] ?? 'text'),
  }));
}

/** A group of commands, such as `cks canary`, and the words that may follow it. */
export interface CompletedGroup {
  readonly path: readonly string[];
  readonly members: readonly { readonly word: string; readonly help: string }[];
}

/** Groups before the groups in them. */
export function listGroups(commands: readonly CompletedCommand[]): readonly CompletedGroup[] {
  const longest = Math.max(...commands.map(({ path }) => path.length));
  return Array.from({ length: longest - 1 }, (_, at) => at + 1).flatMap((length) => {
    const names = new Set(
      commands.flatMap(({ path }) => (path.length > length ? [path.slice(0, length).join(' ')] : [])),
    );
    return [...names].map((name) => ({ path: name.split(' '), members: listMembers(name, commands) }));
  });
}

function listMembers(group: string, commands: readonly CompletedCommand[]): CompletedGroup['members'] {
  const inGroup = commands.filter(({ path }) => path.join(' ').startsWith(`${group} `));
  const at = group.split(' ').length;
  const words = [...new Set(inGroup.map(({ path }) => path[at] ?? ''))];
  return words.map((word) => {
    const name = `${group} ${word}`;
    const known = inGroup.find(({ path }) => path.join(' ') === name);
    return { word, help: known?.summary ?? commandGroups[name]?.summary ?? '' };
  });
}

/** Any other word is text. */
const completedWords: Readonly<Record<string, CompletedCommand['takes']>> = { plan: 'file', shell: 'shell' };

const helps: readonly CompletedOption[] = (
  [
    ['--help', 'Show help'],
    ['--help-all', 'Show help with all options'],
  ] as const
).map(([flag, help]) => ({ flag, help, value: 'none', words: [], isList: false }));

function optionsOf(name: CommandName): readonly CompletedOption[] {
  const known: Readonly<Record<string, readonly string[]>> = isLongName(name)
    ? { ...optionWords, ...awsOptionWords }
    : optionWords;
  return rowsOf(name).map((row) => {
    const words = known[row.name] ?? [];
    return {
      flag: `--${row.name}`,
      help: shorten(row.help),
      value: kindOf(row, words),
      words,
      isList: row.name === 'accept',
    };
  });
}

function kindOf({ value }: OptionRow, words: readonly string[]): CompletedOption['value'] {
  if (value === undefined) return 'none';
  if (words.length > 0) return 'words';
  if (value === '<folder>') return 'folder';
  return value === '<file>' || value === '[file]' ? 'file' : 'text';
}

/** The first sentence. */
function shorten(text: string): string {
  return (/^.*?(?=\. |\.$|$)/.exec(text)?.[0] ?? text).replace(/\s+/g, ' ');
}
