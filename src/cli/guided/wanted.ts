/** Whether a guided session is wanted: `cks` alone on a terminal, or a long name as the AWS CLI has it. */
import { InvalidInputError } from '../../run/errors.ts';
import { readProfile } from '../aws/config.ts';
import { hasFlag, type OptionValues } from '../options/option-values.ts';
import { isLongName } from '../options/options.ts';
import { account, connection, journal, progress } from '../options/surrounding-options.ts';
import { type Io, isInteractive } from '../terminal/io.ts';

/** A script that says nothing gets the help that it always got. */
export function isAlone(io: Io): boolean {
  return io.argv.length === 0 && isInteractive(io);
}

const others = ['cli-input-json', 'cli-input-yaml', 'generate-cli-skeleton'] as const;

/** @throws {InvalidInputError} if no guided session is possible */
export async function wantsSession(io: Io, optionValues: OptionValues): Promise<boolean> {
  // Of an option and its opposite only the last is given.
  if (!io.argv.includes('--cli-auto-prompt')) return (await findPromptMode(io, optionValues)) === 'on';
  const opposite = io.argv.find((word) => word === '--no-cli-auto-prompt')?.slice(2);
  const other = opposite ?? others.find((name) => optionValues[name] !== undefined);
  if (other !== undefined) throw new InvalidInputError(`--cli-auto-prompt and --${other} exclude each other`);
  if (!isInteractive(io)) {
    throw new InvalidInputError('--cli-auto-prompt needs a terminal; --generate-cli-skeleton shows the input instead');
  }
  return true;
}

/** Whether a command line that is wrong is begun anew with questions. */
export async function wantsCorrection(io: Io, optionValues: OptionValues): Promise<boolean> {
  if (io.argv.includes('--cli-auto-prompt')) return false;
  return (await findPromptMode(io, optionValues)) === 'on-partial';
}

/**
 * What environment and configuration say, in the words of the AWS CLI. They are there for scripts too, so cks does
 * not ask if a program reads the output, the whole input is given, or --yes is.
 */
async function findPromptMode(io: Io, optionValues: OptionValues): Promise<string> {
  const isForPeople = isLongName(io.argv[0]) && isInteractive(io) && io.stdout.isTTY === true;
  const isUnwanted = io.argv.includes('--no-cli-auto-prompt') || hasFlag(optionValues, 'yes');
  if (!isForPeople || isUnwanted || others.some((name) => optionValues[name] !== undefined)) return 'off';
  const word = io.env.AWS_CLI_AUTO_PROMPT ?? (await readProfile(io.env, optionValues)).section.cli_auto_prompt ?? 'off';
  return word.toLowerCase();
}

/** What was said beside a long name that a session has a use for: its output is our own. */
export function keepSaid({ output: _, query: __, ...optionValues }: OptionValues): OptionValues {
  return optionValues;
}

const places = [connection, account, journal, progress].flatMap(({ rows }) => rows.map(({ name }) => name));
const kept: readonly string[] = ['custom-key-store-id', ...places];

/** Of a wrong command line: the place and the progress options. */
export function keepPlace(optionValues: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(optionValues).filter(([name]) => kept.includes(name)));
}
