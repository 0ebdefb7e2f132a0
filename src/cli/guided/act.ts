/** Does what was found to be wanted by the command for it, and then says how that is typed. */
import { outcomes } from '../../domain/outcome.ts';
import { run as resume } from '../commands/resume.ts';
import { carryOut } from '../commands/update.ts';
import type { Io } from '../io.ts';
import { writeCommand } from './command-line.ts';
import type { Intent } from './intent.ts';

export async function act(io: Io, { command, word, given, shown }: Intent): Promise<number> {
  const args = { word, given };
  const exitCode =
    command === 'resume'
      ? await resume(io, args)
      : await carryOut(io, args, command === 'update' ? 'safeUpdate' : 'reconnect');
  if (exitCode !== outcomes.cancelled.exitCode) {
    io.stderr.write(`\nThe same without being asked where and what:\n${writeCommand([command, word], shown)}\n`);
  }
  return exitCode;
}
