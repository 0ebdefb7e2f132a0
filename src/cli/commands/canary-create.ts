/** `cks canary create` */
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { carryOut } from './canary.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return carryOut(io, args, 'createCanaries');
}
