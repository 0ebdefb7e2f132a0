/** From the words of a command line to an exit code. Each command, and what it needs, is loaded only when it is meant. */
import { isAlone } from './guided/wanted.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { explainUsage } from './usage.ts';

export async function main(io: Io): Promise<number> {
  let exitCode = 0;
  const program = createProgram(io, async (command) => {
    exitCode = await command();
  });
  try {
    if (isAlone(io)) return await (await import('./guided/session.ts')).lead(io, {});
    await program.parseAsync(io.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const usage = explainUsage(error, io.argv);
    return usage === 'shown' ? 0 : reportError(io, usage ?? error);
  }
}
