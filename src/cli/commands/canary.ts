/** `cks canary create` and `cks canary check`: canaries that outlive a run. */
import { otherExitCodes } from '../../domain/outcome.ts';
import type { CanaryOptions, CanaryResult } from '../../library/canaries.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { RunCommand } from '../commands.ts';
import { type CommandArguments, readStore } from '../input/request.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readList, readText } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import { renderCanaries } from '../output/render/canaries.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';

export const createCanaries: RunCommand = (io, args) => carryOut(io, args, 'createCanaries');

export const checkCanaries: RunCommand = (io, args) => carryOut(io, args, 'checkCanaries');

async function carryOut(io: Io, args: CommandArguments, verb: 'createCanaries' | 'checkCanaries'): Promise<number> {
  const { optionValues } = args;
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const stateDirectory = readText(optionValues, 'state-dir');
  const canaryKeys = readList(optionValues, 'canary-key');
  const connection = readConnection(optionValues);
  const output = openOutput(io, optionValues);
  const log = await openLog(io, optionValues);
  const options: CanaryOptions = {
    customKeyStoreId,
    ...connection,
    ...log,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(canaryKeys.length > 0 ? { canaryKeys } : {}),
  };
  const library = await loadVerb(() => import('../../library/canaries.ts'));
  const result = await keepStack(log, () => library[verb](options));
  if (result.reason) sayError(io, result.reason);
  output.write(result, () => renderCanaries(result, verb === 'createCanaries'));
  return isWell(result) ? 0 : otherExitCodes.no;
}

function isWell({ canaries, passed }: CanaryResult): boolean {
  return canaries > 0 && passed === canaries;
}
