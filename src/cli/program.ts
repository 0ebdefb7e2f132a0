/** The command line as commander sees it. Values stay strings here; each command reads its own. */
import { Command, Option } from 'commander';
import { otherExitCodes, outcomes } from '../domain/outcome.ts';
import { version } from '../library/version.ts';
import { type CommandRow, commandGroups, commands } from './commands.ts';
import type { Given } from './given.ts';
import { keepSaid, wantsSession } from './guided/wanted.ts';
import type { Io } from './io.ts';
import type { OptionRow } from './option-row.ts';
import { type CommandName, isLongName, optionGroups } from './options.ts';
import { wrap } from './render/lines.ts';

/** `execute` is handed the command that was meant. */
export function createProgram(io: Io, execute: (command: () => Promise<number>) => Promise<void>): Command {
  const program = new Command('cks')
    .description(
      'Changes the settings of an AWS KMS custom key store safely. Alone on a terminal, cks asks what you want.',
    )
    .version(version)
    .exitOverride()
    .configureHelp({ formatItem: formatHelpItem })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Commander's own messages repeat what was typed, and that may be a secret.
      outputError: () => undefined,
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
    })
    .addHelpText('after', explainExitCodes());
  for (const [name, row] of Object.entries(commands)) addCommand(program, io, name as CommandName, row, execute);
  return program;
}

function addCommand(
  program: Command,
  io: Io,
  name: CommandName,
  { summary, takes, load }: CommandRow,
  execute: (command: () => Promise<number>) => Promise<void>,
): void {
  const [last = name, group] = name.split(' ').reverse();
  const command = findParent(program, group)
    .command(last)
    .summary(summary)
    .description(`${capitalize(summary)}.`);
  if (takes) command.argument(`[${takes}]`, takenWords[takes]);
  for (const { heading, rows } of optionGroups[name]) {
    for (const row of rows) command.addOption(createOption(row).helpGroup(heading));
  }
  command.action(async (...words: unknown[]) => {
    const word = takes ? (words[0] as string | undefined) : undefined;
    const given = readGiven(name, command.opts());
    await execute(async () => {
      if (!(await wantsSession(io, given))) return (await load()).run(io, { word, given });
      return (await import('./guided/session.ts')).lead(io, keepSaid(given));
    });
  });
}

/** What a long name was given, as far as its command line could be read. */
export function readSaid(program: Command, { argv: [name] }: Io): Given {
  const command = program.commands.find((known) => known.name() === name);
  return command === undefined || !isLongName(name) ? {} : readGiven(name as CommandName, command.opts());
}

/** Where the last word of a command's name belongs. */
function findParent(program: Command, group: string | undefined): Command {
  if (group === undefined) return program;
  const known = program.commands.find((command) => command.name() === group);
  return known ?? program.command(group).summary(commandGroups[group] ?? '');
}

const takenWords = {
  store: 'id (cks-...) or name of the custom key store',
  run: 'id of the run, as cks runs lists it',
  plan: 'file of cks plan --out',
  shell: 'bash, zsh or fish',
} as const;

function createOption({ name, value, help, repeatable }: OptionRow): Option {
  const option = new Option(value === undefined ? `--${name}` : `--${name} ${value}`, help);
  return repeatable ? option.argParser((word: string, earlier: string[] = []) => [...earlier, word]) : option;
}

/** Commander names options in camel case; here they keep the name people type. */
function readGiven(command: CommandName, values: Readonly<Record<string, unknown>>): Given {
  const rows: readonly OptionRow[] = optionGroups[command].flatMap(({ rows }) => rows);
  const read = (row: OptionRow) => {
    const option = createOption(row);
    const value = values[option.attributeName()];
    // Commander gives `--no-journal` as a `journal` that is false.
    return option.negate ? value === false || undefined : value;
  };
  return Object.fromEntries(rows.map((row) => [row.name, read(row)])) as Given;
}

/** Beside each other where the terms are short; below them where they would leave no room. */
function formatHelpItem(term: string, termWidth: number, description: string): string {
  if (!description) return `  ${term}`;
  if (termWidth > 30) return `  ${term}\n${wrap(description, '      ')}`;
  return wrap(description, `  ${term.padEnd(termWidth)}  `);
}

function explainExitCodes(): string {
  const others = [
    [otherExitCodes.bug, 'a bug, before anything was changed'],
    [otherExitCodes.wrongInput, 'the input is wrong'],
    [otherExitCodes.unfinished, 'unfinished: stopped before its end, look at the store'],
    [otherExitCodes.unverified, 'updated, but cks could not verify or test keys, or not as --require-key-verification'],
    [otherExitCodes.unknown, 'doctor: it could not tell whether the store is well'],
    [otherExitCodes.change, 'plan --detailed-exitcode: an update would change something'],
  ] as const;
  const rows = [
    ...Object.entries(outcomes).map(
      ([outcome, { exitCode, meaning }]) => [exitCode, `${outcome}: ${meaning}`] as const,
    ),
    ...others,
  ].sort(([a], [b]) => a - b);
  return ['', 'Exit codes:', ...rows.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`)].join('\n');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
