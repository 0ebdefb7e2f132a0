/** Whether somebody wants to be led: `cks` alone on a terminal, or a long name with `--cli-auto-prompt`. */
import { InvalidInputError } from '../../run/errors.ts';
import type { Given } from '../given.ts';
import { type Io, isInteractive } from '../io.ts';

/** A script that says nothing gets the help that it always got. */
export function isAlone(io: Io): boolean {
  return io.argv.length === 0 && isInteractive(io);
}

const others = ['cli-input-json', 'cli-input-yaml', 'generate-cli-skeleton'] as const;

/** @throws {InvalidInputError} where nobody can be led */
export function wantsSession(io: Io, given: Given): boolean {
  // Of an option and its opposite only the last is given.
  if (!io.argv.includes('--cli-auto-prompt')) return false;
  const beside = [...(io.argv.includes('--no-cli-auto-prompt') ? ['no-cli-auto-prompt'] : []), ...others];
  const other = beside.find((name) => name === 'no-cli-auto-prompt' || given[name] !== undefined);
  if (other !== undefined) throw new InvalidInputError(`--cli-auto-prompt and --${other} exclude each other`);
  if (!isInteractive(io)) {
    throw new InvalidInputError('--cli-auto-prompt needs a terminal; --generate-cli-skeleton shows the input instead');
  }
  return true;
}

/** What was said beside a long name that a session has a use for: its output is our own. */
export function keepSaid({ output: _, query: __, ...given }: Given): Given {
  return given;
}
