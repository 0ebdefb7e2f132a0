/** `cks runs check`: for a monitor, whether a run has kept a store offline for too long. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { longestAgeHours, readDuration } from '../duration.ts';
import type { Io } from '../io.ts';
import { readText } from '../option-values.ts';
import type { CommandArguments } from '../order.ts';
import { openOutput } from '../output.ts';
import type { OfflineStores } from '../outputs.ts';
import { renderOutages } from '../render/outages.ts';
import { loadVerb, readConnection, readLockTable } from '../session.ts';

/** A journal or an item of the lock table that cannot be read counts as an outage: its store may be offline. */
export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const maxOfflineMs = readDuration(optionValues, 'max-offline', '15m', longestAgeHours);
  const stateDirectory = readText(optionValues, 'state-dir');
  const connection = { ...readConnection(optionValues), ...readLockTable(optionValues) };
  const output = openOutput(io, optionValues);
  const { findLongOutages } = await loadVerb(() => import('../../library/outages.ts'));
  const found = await findLongOutages({
    ...connection,
    maxOfflineMs,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
  const problems = found.problems.map(({ runId, problem }) => ({ runId, problem: problem.message }));
  const { offline, tableProblems } = found;
  output.write({ maxOfflineMs, offline, problems, tableProblems } satisfies OfflineStores, () =>
    renderOutages(found, readText(optionValues, 'max-offline') ?? ''),
  );
  return offline.length + problems.length + tableProblems.length > 0 ? otherExitCodes.no : 0;
}
