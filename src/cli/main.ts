/** From the words of a command line to an exit code. Each command, and what it needs, is loaded only when it is meant. */
import { InvalidInputError } from '../run/errors.ts';
import { isAlone, keepPlace, keepSaid, wantsCorrection, wantsSession } from './guided/wanted.ts';
import type { CommandArguments } from './input/request.ts';
import { loadCommand } from './load-command.ts';
import type { OptionValues } from './options/option-values.ts';
import type { CommandName } from './options/options.ts';
import { reportError } from './output/report-error.ts';
import { sayError } from './output/say-error.ts';
import { createProgram, readSaid } from './program.ts';
import { guardStreams, type Io, type ProcessIo } from './terminal/io.ts';
import { explainUsage } from './usage.ts';

export async function main(world: ProcessIo): Promise<number> {
  const io = guardStreams(world);
  let exitCode = 0;
  const program = createProgram(io, async (name, args) => {
    exitCode = await carryOut(io, name, args);
  });
  try {
    if (isAlone(io)) return await (await import('./guided/session.ts')).lead(io, {});
    await program.parseAsync(io.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const usage = explainUsage(error, io.argv);
    return usage === 'shown' ? 0 : correct(io, readSaid(program, io), usage ?? error);
  }
}

async function carryOut(io: Io, name: CommandName, args: CommandArguments): Promise<number> {
  if (!(await wantsSession(io, args.optionValues))) return (await loadCommand[name]())(io, args);
  return (await import('./guided/session.ts')).lead(io, keepSaid(args.optionValues));
}

/** Where it is wanted, what was said wrongly is asked for; else it is only told. */
async function correct(io: Io, said: OptionValues, error: unknown): Promise<number> {
  try {
    if (!(error instanceof InvalidInputError) || !(await wantsCorrection(io, said))) return reportError(io, error);
    sayError(io, { code: 'WRONG_INPUT', message: error.message });
    return await (await import('./guided/session.ts')).lead(io, keepPlace(said));
  } catch (again) {
    return reportError(io, again);
  }
}
