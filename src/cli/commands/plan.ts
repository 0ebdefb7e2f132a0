/** `cks plan`: what an update would do. Changes nothing. */
import { otherExitCodes } from '../../domain/outcome.ts';
import type { UpdatePlan } from '../../run/plan-update.ts';
import { writePlan } from '../input/plan-file.ts';
import { type CommandArguments, readRequest } from '../input/request.ts';
import { takeSecrets } from '../input/secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readConnectTo } from '../options/connect-to.ts';
import { hasFlag, readText } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import { rowsOf } from '../output/render/lines.ts';
import { renderPlan } from '../output/render/plan.ts';
import { reasonRows } from '../output/render/reason.ts';
import { sayError } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';
import { readKeeping } from './carry-run.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const request = await takeSecrets(io, readRequest(args));
  const connection = readConnection(args.optionValues);
  const output = openOutput(io, args.optionValues);
  const log = await openLog(io, args.optionValues);
  const file = readText(args.optionValues, 'out');
  const { planUpdate, savePlan } = await loadVerb(() => import('../../library/plan-update.ts'));
  const words = {
    ...request,
    ...connection,
    ...log,
    ...readKeeping(args.optionValues),
    ...readConnectTo(args.optionValues),
  };
  const { plan, saved } = await keepStack(log, async () =>
    file === undefined ? { plan: await planUpdate(words), saved: null } : savePlan(words),
  );
  if (file !== undefined && saved) writePlan(file, saved);
  if (plan.reason && output.format === 'json') sayError(io, plan.reason);
  output.write(
    plan,
    () =>
      `${toText(plan, hasFlag(args.optionValues, 'verbose'))}${saved ? `Saved. To apply it: cks apply ${file}\n` : ''}`,
  );
  if (plan.verdict === 'refused') return otherExitCodes.no;
  return hasFlag(args.optionValues, 'detailed-exitcode') && plan.verdict === 'proceed' ? otherExitCodes.change : 0;
}

function toText(plan: UpdatePlan, isVerbose: boolean): string {
  const { store } = plan;
  if (store !== null) return `${renderPlan({ ...plan, store }, isVerbose)}${renderNeeds(plan)}`;
  return `${['✗ NO PLAN', ...rowsOf(plan.reason ? reasonRows(plan.reason) : [])].join('\n')}\n`;
}

/** The options of an update without a terminal. */
function renderNeeds({ verdict, missing }: UpdatePlan): string {
  if (verdict !== 'proceed') return '';
  const accept = missing.length > 0 ? ` --accept ${missing.join(',')}` : '';
  return `To run it without questions, add: --yes${accept}\n`;
}
