/** `cks runs show`: every record of a run. */
import { readRun } from '../../library/runs.ts';
import type { Io } from '../io.ts';
import { readText } from '../option-values.ts';
import { type CommandArguments, readRunId } from '../order.ts';
import { openOutput } from '../output.ts';
import type { RunRecords } from '../outputs.ts';
import { renderJournal } from '../render/journal.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const runId = readRunId(args);
  const output = openOutput(io, args.optionValues);
  const records = await readRun(runId, readText(args.optionValues, 'state-dir'));
  output.write({ runId, records } satisfies RunRecords, () => renderJournal(records));
  return 0;
}
