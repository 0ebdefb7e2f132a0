/** What is wrong with a command line. The messages of commander repeat what was typed, and that may be a secret. */
import { CommanderError } from 'commander';
import { InvalidInputError } from '../run/errors.ts';
import { commandGroups, commands } from './commands.ts';
import { quoteWord } from './options/option-values.ts';
import { type CommandName, flagsOf } from './options/options.ts';
import { renamedOptions } from './options/renamed.ts';
import { suggest } from './options/suggest.ts';

const names = Object.keys(commands) as CommandName[];

type Explain = (message: string, command: CommandName | undefined, argv: readonly string[]) => string;

const explanations: Readonly<Record<string, Explain>> = {
  'commander.unknownOption'(message, command) {
    const flag = findFlag(message);
    if (flag === undefined) return 'unknown option; options start with two dashes';
    const renamed = renamedOptions[flag];
    if (renamed !== undefined) return `${flag}: renamed to ${renamed}`;
    // What follows may be the value, and that a secret.
    const glued = flagsOf(command ?? 'update').find((known) => flag !== known && flag.startsWith(known));
    if (glued !== undefined) return `unknown option that starts with ${glued}; put a space between option and value`;
    if (command === undefined)
      return `unknown option ${flag}; options follow the command, as in: cks update STORE ${flag}`;
    const near = suggest(flag, flagsOf(command));
    if (near) return `unknown option ${flag}; did you mean ${near}?`;
    const sibling = listMembers(command.split(' ')[0]).find((name) => flagsOf(name).includes(flag));
    return sibling
      ? `unknown option ${flag}; did you mean cks ${sibling} ${flag}?`
      : `unknown option ${flag}; cks ${command} --help-all lists all options`;
  },
  'commander.unknownCommand'(_message, _command, argv) {
    const word = argv.slice(0, countGroupWords(argv) + 1).join(' ');
    const near = suggest(word, [...names, ...Object.keys(commandGroups)]);
    const hint = near ? `did you mean cks ${near}?` : 'cks --help lists all commands';
    return `unknown command ${quoteWord(word)}; ${hint}`;
  },
  'commander.excessArguments'(_message, command, [, second = '']) {
    if (command !== 'runs list' || second === 'list') return 'too many words; a value with a space in it needs quotes';
    const near = suggest(`runs ${second}`, listMembers('runs'));
    return `unknown command ${quoteWord(`runs ${second}`)}; did you mean cks ${near ?? `runs show ${quoteWord(second)}`}?`;
  },
  'commander.optionMissingArgument': (message) => `${findFlag(message) ?? 'an option'} needs a value`,
  'commander.help'(_message, _command, argv) {
    const members = listMembers(argv.slice(0, countGroupWords(argv)).join(' '));
    return members.length > 0
      ? `which command? cks ${members.join(' or cks ')}`
      : 'which command? cks --help lists all commands';
  },
};

/** `shown`: help or version was asked for and shown. Undefined: the error is not about the command line. */
export function explainUsage(error: unknown, argv: readonly string[]): InvalidInputError | 'shown' | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  if (error.exitCode === 0) return 'shown';
  const explain = explanations[error.code];
  return new InvalidInputError(
    explain?.(error.message, findCommand(argv), argv) ?? 'the command line cannot be read; see cks --help',
  );
}

/** The command that the first words name; the default of a group where they name only that. */
function findCommand(argv: readonly string[]): CommandName | undefined {
  const named = names.find((name) => name.split(' ').every((word, at) => word === argv[at]));
  return named ?? listMembers(argv[0]).find((name) => commands[name].isDefault);
}

/** How many of the first words name a group of commands. */
function countGroupWords(argv: readonly string[]): number {
  const groups = argv.map((_, at) => argv.slice(0, at + 1).join(' '));
  return groups.findLastIndex((group) => Object.hasOwn(commandGroups, group)) + 1;
}

/** The commands that begin with the words of a group. */
function listMembers(group: string | undefined): readonly CommandName[] {
  return names.filter((name) => name.startsWith(`${group} `));
}

/** The option in a message of commander's, without its value. */
function findFlag(message: string): string | undefined {
  return /'(--[a-zA-Z][a-zA-Z0-9-]*)/.exec(message)?.[1];
}
