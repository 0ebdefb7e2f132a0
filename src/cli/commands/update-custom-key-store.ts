/** `cks update-custom-key-store`: a safe update that takes and writes what `aws kms update-custom-key-store` does. */
import { carryOutCall } from '../aws/carry-out-call.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return carryOutCall(io, 'UpdateCustomKeyStore', args.optionValues);
}
