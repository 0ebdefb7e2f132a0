/** The command line as commander sees it. Values stay strings here; each command reads its own. */
import { Command, Option } from 'commander';
import { version } from '../library/wiring/version.ts';
import { type CommandRow, commandGroups, commandHeadings, commands } from './commands.ts';
import type { CommandArguments } from './input/request.ts';
import type { OptionGroup, OptionRow } from './options/option-row.ts';
import type { OptionValues } from './options/option-values.ts';
import { type CommandName, isLongName, optionGroups, rowsOf } from './options/options.ts';
import { wrap } from './output/render/lines.ts';
import type { Io } from './terminal/io.ts';

/** Runs the command that the words name. */
type Execute = (name: CommandName, args: CommandArguments) => Promise<void>;

export function createProgram(io: Io, execute: Execute): Command {
  const program = new Command('cks')
    .description(
      'Changes the settings of an AWS KMS custom key store safely. On a terminal, cks alone starts a guided mode.',
    )
    .version(version, '-V, --version', 'Show the version.')
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ formatItem: formatHelpItem, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Commander's own messages repeat what was typed, and that may be a secret.
      outputError: () => undefined,
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
    })
    .addHelpText('after', '\nOptions of a command: cks COMMAND --help. Exit codes: cks help exit-codes.');
  for (const name of listByHeading()) addCommand(program, io, name, commands[name], execute);
  return program;
}

function addCommand(program: Command, io: Io, name: CommandName, row: CommandRow, execute: Execute): void {
  const { summary, heading, takes, isDefault = false } = row;
  const path = name.split(' ');
  const group = path.slice(0, -1);
  const command = findParent(program, group)
    .command(path.at(-1) ?? name, { isDefault })
    .summary(summary)
    .description(describe(row));
  if (group.length === 0) command.helpGroup(commandHeadings[heading]);
  if (takes) command.argument(takes === 'topic' ? '[topic...]' : `[${takes}]`, takenWords[takes]);
  addOptions(command, optionGroups[name], io.argv.includes('--help-all'));
  command.action(async (...words: unknown[]) => {
    const word = takes ? readWord(words[0]) : undefined;
    await execute(name, { word, optionValues: readOptionValues(name, command.opts()) });
  });
}

/** In the order of the headings. */
function listByHeading(): readonly CommandName[] {
  const names = Object.keys(commands) as CommandName[];
  const headings = Object.keys(commandHeadings);
  const rank = (name: CommandName) => headings.indexOf(commands[name].heading);
  return names.sort((a, b) => rank(a) - rank(b));
}

/** Of a command with more options, `--help` shows those of daily use, and `--help-all` all of them. */
const fewOptions = 15;

function addOptions(command: Command, groups: readonly OptionGroup[], showsAll: boolean): void {
  const rows = groups.flatMap(({ rows }) => rows);
  const isShort = rows.length <= fewOptions;
  for (const { heading, rows } of groups) {
    for (const row of rows) {
      const isShown = isShort || showsAll || row.isDaily === true;
      command.addOption(createOption(row).helpGroup(heading).hideHelp(!isShown));
    }
  }
  const showAll = new Option('--help-all', `Show all ${rows.length} options.`).helpGroup('Help:').hideHelp(isShort);
  command.addOption(showAll).on('option:help-all', () => command.help());
  command.addHelpOption(
    new Option('-h, --help', isShort ? 'Show this help.' : 'Show the options of daily use.').helpGroup('Help:'),
  );
}

/** What a command is for, and examples. */
function describe({ summary, examples = [] }: CommandRow): string {
  const purpose = `${capitalize(summary)}.`;
  return [purpose, ...(examples.length > 0 ? ['\nExamples:'] : []), ...examples.map((line) => `  ${line}`)].join('\n');
}

function readWord(words: unknown): string | undefined {
  return Array.isArray(words) ? words.join(' ') : (words as string | undefined);
}

/** The option values of a long name, as far as its command line could be read. */
export function readSaid(program: Command, { argv: [name] }: Io): OptionValues {
  const command = program.commands.find((known) => known.name() === name);
  return command === undefined || !isLongName(name) ? {} : readOptionValues(name as CommandName, command.opts());
}

/** Where the last word of a command's name belongs: below the words before it. */
function findParent(program: Command, path: readonly string[]): Command {
  const group = path.at(-1);
  if (group === undefined) return program;
  const above = path.slice(0, -1);
  const parent = findParent(program, above);
  const known = parent.commands.find((command) => command.name() === group);
  if (known) return known;
  const { summary = '', heading = 'look' } = commandGroups[path.join(' ')] ?? {};
  const command = parent
    .command(group)
    .summary(summary)
    .description(`${capitalize(summary)}.`)
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand(false);
  return above.length === 0 ? command.helpGroup(commandHeadings[heading]) : command;
}

const takenWords = {
  store: 'id (cks-...) or name of the custom key store',
  run: 'id of the run, as cks runs lists it',
  plan: 'file from cks plan --out',
  shell: 'bash, zsh or fish',
  topic: 'a command, or exit-codes',
} as const;

function createOption({ name, value, help, repeatable }: OptionRow): Option {
  const option = new Option(value === undefined ? `--${name}` : `--${name} ${value}`, help);
  return repeatable ? option.argParser((word: string, earlier: string[] = []) => [...earlier, word]) : option;
}

/** Commander names options in camel case; here they keep the name people type. */
function readOptionValues(command: CommandName, values: Readonly<Record<string, unknown>>): OptionValues {
  const read = (row: OptionRow) => {
    const option = createOption(row);
    const value = values[option.attributeName()];
    // Commander gives `--no-journal` as a `journal` that is false.
    return option.negate ? value === false || undefined : value;
  };
  return Object.fromEntries(rowsOf(command).map((row) => [row.name, read(row)])) as OptionValues;
}

/** The description stands beside a short term, and below a long one. */
function formatHelpItem(term: string, termWidth: number, description: string): string {
  if (!description) return `  ${term}`;
  if (termWidth > 30) return `  ${term}\n${wrap(description, '      ')}`;
  return wrap(description, `  ${term.padEnd(termWidth)}  `);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
