/** `cks runs report`: the report of a run, in the forms that were asked for. */
import type { Io } from '../io.ts';
import { readText } from '../option-values.ts';
import { type CommandArguments, readRunId } from '../order.ts';
import { readForms, writeReport } from '../report-files.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const forms = readForms(args.optionValues);
  await writeReport(io, readRunId(args), readText(args.optionValues, 'state-dir'), forms);
  return 0;
}
