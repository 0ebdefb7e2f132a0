/** `cks stop`: asks a run for a stop, wherever it is. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { CommandArguments } from '../input/request.ts';
import { loadVerb, readConnection, readLockTable } from '../input/session.ts';
import { readText } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import type { StopResult } from '../output/schemas.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, { word: runId, optionValues }: CommandArguments): Promise<number> {
  if (runId === undefined) throw new InvalidInputError('which run? Give its id, as cks runs lists it');
  const stateDirectory = readText(optionValues, 'state-dir');
  const connection = { ...readConnection(optionValues), ...readLockTable(optionValues) };
  const output = openOutput(io, optionValues);
  const { stopRun } = await loadVerb(() => import('../../library/stop-run.ts'));
  const answer = await stopRun({
    ...connection,
    runId,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
  output.write({ runId, ...answer } satisfies StopResult, () => `${answer.message}\n`);
  return answer.isRequested ? 0 : otherExitCodes.no;
}
