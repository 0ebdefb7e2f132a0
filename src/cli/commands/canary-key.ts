/** `cks canary key create`: a KMS key that no application uses, and its canary. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { type CommandArguments, readStore } from '../input/request.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readText } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import { renderCanaryKey } from '../output/render/canary-key.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const { optionValues } = args;
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const stateDirectory = readText(optionValues, 'state-dir');
  const xksKeyId = readText(optionValues, 'xks-key-id');
  const connection = readConnection(optionValues);
  const output = openOutput(io, optionValues);
  const log = await openLog(io, optionValues);
  const { createCanaryKey } = await loadVerb(() => import('../../library/canary-key.ts'));
  const result = await keepStack(log, () =>
    createCanaryKey({
      customKeyStoreId,
      ...connection,
      ...log,
      ...(stateDirectory === undefined ? {} : { stateDirectory }),
      ...(xksKeyId === undefined ? {} : { xksKeyId }),
    }),
  );
  if (result.reason) sayError(io, result.reason);
  output.write(result, () => renderCanaryKey(result));
  return result.reason ? otherExitCodes.no : 0;
}
