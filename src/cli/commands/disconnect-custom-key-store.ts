/** `cks disconnect-custom-key-store`: as `aws kms` has it, but counted, journaled and under the store's lock. */
import { move } from '../aws/move.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';

export function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  return move(io, 'DisconnectCustomKeyStore', optionValues);
}
