/** `cks reconnect`: disconnect and connect, whatever state the store is in. */
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { carryOut } from './update.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return carryOut(io, args, 'reconnectStore');
}
