/** `cks rollback`: undoes a finished run, by an update of its own. */
import { InvalidInputError } from '../../run/errors.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { goOn } from './resume.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return goOn(io, args, 'rollBackRun', async () => {
    throw new InvalidInputError('which run? cks runs lists them');
  });
}
