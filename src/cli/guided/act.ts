/** Does what was found to be wanted by the command for it, and then says how that is typed. */
import { outcomes } from '../../domain/outcome.ts';
import type { Risk } from '../../domain/policy.ts';
import { resume } from '../commands/resume.ts';
import { carryOut } from '../commands/update.ts';
import { readRisks } from '../input/request.ts';
import type { Io } from '../terminal/io.ts';
import { writeCommand } from './command-line.ts';
import type { Intent } from './intent.ts';

export async function act(io: Io, { command, word, optionValues, shown }: Intent): Promise<number> {
  const args = { word, optionValues };
  const accepted = new Set<Risk>(readRisks(optionValues));
  const manner = { hasOffered: true, onAccepted: (risk: Risk) => void accepted.add(risk) };
  const exitCode =
    command === 'resume'
      ? await resume(io, args, manner)
      : await carryOut(io, args, command === 'update' ? 'updateStore' : 'reconnectStore', manner);
  if (exitCode !== outcomes.cancelled.exitCode) {
    const risks = accepted.size === 0 ? {} : { accept: [[...accepted].join(',')] };
    const line = writeCommand([command, word], { ...shown, ...risks });
    io.stderr.write(`\nThe same without being asked where, what, and at which risk:\n${line}\n`);
  }
  return exitCode;
}
