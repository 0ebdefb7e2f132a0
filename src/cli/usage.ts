/** What is wrong with a command line, in our words: commander's repeat what was typed, and that may be a secret. */
import { CommanderError } from 'commander';
import { InvalidInputError } from '../run/errors.ts';
import { commandGroups, commands } from './commands.ts';
import { type CommandName, flagsOf } from './options.ts';
import { suggest } from './suggest.ts';

const names = Object.keys(commands) as CommandName[];

type Explain = (message: string, command: CommandName | undefined, argv: readonly string[]) => string;

const explanations: Readonly<Record<string, Explain>> = {
  'commander.unknownOption'(message, command) {
    const flag = findFlag(message);
    if (flag === undefined) return 'unknown option; options begin with two dashes';
    // What follows may be the value, and that a secret.
    const glued = flagsOf(command ?? 'update').find((known) => flag !== known && flag.startsWith(known));
    if (glued !== undefined) return `unknown option that begins with ${glued}; a space parts an option from its value`;
    if (command === undefined)
      return `unknown option ${flag}; options follow the command, as in: cks update STORE ${flag}`;
    const near = suggest(flag, flagsOf(command));
    return near ? `unknown option ${flag}; did you mean ${near}?` : `unknown option ${flag}; see cks ${command} --help`;
  },
  'commander.unknownCommand'(_message, _command, [first = '', second = '']) {
    const isGroup = Object.hasOwn(commandGroups, first);
    const near = suggest(isGroup ? `${first} ${second}` : first, names);
    return near ? `unknown command; did you mean cks ${near}?` : `unknown command; there are ${names.join(', ')}`;
  },
  'commander.excessArguments': () => 'too many words; a value with a space in it needs quotes',
  'commander.optionMissingArgument': (message) => `${findFlag(message) ?? 'an option'} needs a value`,
  'commander.help': () => `which command? There are ${names.join(', ')}`,
};

/** `shown`: help or version was asked for and shown. Undefined: the error is none of the command line. */
export function explainUsage(error: unknown, argv: readonly string[]): InvalidInputError | 'shown' | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  if (error.exitCode === 0) return 'shown';
  const command = names.find((name) => name.split(' ').every((word, at) => word === argv[at]));
  const explain = explanations[error.code];
  return new InvalidInputError(
    explain?.(error.message, command, argv) ?? 'the command line cannot be read; see cks --help',
  );
}

/** The option in a message of commander's, without its value. */
function findFlag(message: string): string | undefined {
  return /'(--[a-zA-Z][a-zA-Z0-9-]*)/.exec(message)?.[1];
}
