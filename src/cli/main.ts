/** Parses, runs the one command that was named, and turns whatever comes of it into an exit code and clear lines. */
import { CommanderError } from 'commander';
import { otherExitCodes } from '../domain/outcome.ts';
import type { Options } from './arguments.ts';
import { explainError } from './errors.ts';
import type { Io } from './io.ts';
import { createOutput } from './output.ts';
import { type Act, createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

export async function main(io: Io): Promise<number> {
  let exitCode = 0;
  let output = createOutput(io, {});
  const run = async (load: () => Promise<Act>, options: Options, store?: string) => {
    output = createOutput(io, options);
    const act = await load();
    exitCode = await act(io, options, store);
  };
  const program = createProgram(run);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Commander's own words may hold a value; ours are written below.
      writeErr: () => undefined,
    });
  }
  try {
    if (io.argv.length === 0) {
      program.outputHelp();
      return otherExitCodes.wrongInput;
    }
    await program.parseAsync([...io.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const told = explainError(error instanceof CommanderError ? new UsageError(describeUsage(error)) : error);
    await output.fail(told);
    return told.exitCode;
  }
}

/** Commander's message without what may be a secret: everything behind the `=` of an option. */
function describeUsage({ message, code }: CommanderError): string {
  const [line = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const clean = code === 'commander.unknownOption' ? line.replace(/=.*'/s, "'") : line;
  return [clean, ...hints.filter((hint) => !hint.includes('='))].join(' ').trim();
}
