/** `cks runs prune`: removes old journals. */
import { pruneRuns } from '../../library/runs.ts';
import { longestAgeHours, readDuration } from '../duration.ts';
import type { Io } from '../io.ts';
import { readText } from '../option-values.ts';
import type { CommandArguments } from '../order.ts';
import { openOutput } from '../output.ts';
import type { RemovedRuns } from '../outputs.ts';

export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const olderThanMs = readDuration(optionValues, 'older-than', '720h', longestAgeHours);
  const output = openOutput(io, optionValues);
  const removed = await pruneRuns(olderThanMs, readText(optionValues, 'state-dir'));
  output.write(
    { removed } satisfies RemovedRuns,
    () => `${removed.length} ${removed.length === 1 ? 'journal' : 'journals'} removed\n`,
  );
  return 0;
}
