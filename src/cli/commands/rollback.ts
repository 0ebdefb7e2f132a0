/** `cks rollback`: reverts a completed update, as a new run. */
import { InvalidInputError } from '../../run/errors.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { goOn } from './resume.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return goOn(io, args, 'rollBackRun', async () => {
    throw new InvalidInputError('which run? Give its id, as cks runs lists it');
  });
}
