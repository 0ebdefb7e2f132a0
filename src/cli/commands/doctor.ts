/** `cks doctor`: what is wrong with a store, and what to type next. Changes nothing. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { type CommandArguments, readPrevious, readStore } from '../input/request.ts';
import { takeSecrets } from '../input/secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection, readLockTable } from '../input/session.ts';
import { readConnectTo } from '../options/connect-to.ts';
import { hasFlag, readText, readWords } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { openOutput } from '../output/output.ts';
import { renderDoctor } from '../output/render/doctor.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const { optionValues } = args;
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const stateDirectory = readText(optionValues, 'state-dir');
  const options = {
    ...(await takeSecrets(io, { previous: readPrevious(optionValues) })),
    customKeyStoreId,
    ...readConnection(optionValues),
    ...readLockTable(optionValues),
    ...readConnectTo(optionValues),
    skipChecks: readWords(optionValues, 'skip-check', optionWords['skip-check']),
    keyTest: !hasFlag(optionValues, 'no-key-test'),
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  };
  const output = openOutput(io, optionValues);
  const log = await openLog(io, optionValues);
  const { diagnoseStore } = await loadVerb(() => import('../../library/doctor.ts'));
  const found = await keepStack(log, () => diagnoseStore({ ...options, ...log }));
  if (found.reason) sayError(io, found.reason);
  output.write(found, () => renderDoctor(found, Date.now()));
  if (found.isWell === null) return otherExitCodes.unknown;
  return found.isWell ? 0 : otherExitCodes.no;
}
