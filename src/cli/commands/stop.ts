/** `cks stop`: asks a run for a stop, wherever it is. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { readText } from '../given.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { openOutput } from '../output.ts';
import type { StopResult } from '../outputs.ts';
import { loadVerb, readConnection, readLockTable } from '../session.ts';

export async function run(io: Io, { word: runId, given }: CommandArguments): Promise<number> {
  if (runId === undefined) throw new InvalidInputError('which run? Give its id, as cks runs lists it');
  const stateDirectory = readText(given, 'state-dir');
  const connection = { ...readConnection(given), ...readLockTable(given) };
  const output = openOutput(io, given);
  const { stopRun } = await loadVerb(() => import('../../library/stop-run.ts'));
  const answer = await stopRun({
    ...connection,
    runId,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
  output.write({ runId, ...answer } satisfies StopResult, () => `${answer.message}\n`);
  return answer.isRequested ? 0 : otherExitCodes.no;
}
