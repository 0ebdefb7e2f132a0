/** `cks plan`: what an update would do. Changes nothing. */
import { otherExitCodes } from '../../domain/outcome.ts';
import type { UpdatePlan } from '../../run/plan-update.ts';
import { readConnectTo } from '../connect-to.ts';
import { isGiven, readText } from '../given.ts';
import type { Io } from '../io.ts';
import { type CommandArguments, readRequest } from '../order.ts';
import { openOutput } from '../output.ts';
import { writePlan } from '../plan-file.ts';
import { renderPlan } from '../render/plan.ts';
import { renderError, renderReason } from '../render/reason.ts';
import { readKeeping } from '../run.ts';
import { takeSecrets } from '../secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const request = await takeSecrets(io, readRequest(args));
  const connection = readConnection(args.given);
  const output = openOutput(io, args.given);
  const log = await openLog(io, args.given);
  const file = readText(args.given, 'out');
  const { planUpdate, savePlan } = await loadVerb(() => import('../../library/plan-update.ts'));
  const words = { ...request, ...connection, ...log, ...readKeeping(args.given), ...readConnectTo(args.given) };
  const { plan, saved } = await keepStack(log, async () =>
    file === undefined ? { plan: await planUpdate(words), saved: null } : savePlan(words),
  );
  if (file !== undefined && saved) writePlan(file, saved);
  if (plan.reason && output.format === 'json') io.stderr.write(renderError(plan.reason, io.stderr));
  output.write(plan, () => `${toText(plan)}${saved ? `  Saved: cks apply ${file}\n` : ''}`);
  if (plan.verdict === 'refused') return otherExitCodes.no;
  return isGiven(args.given, 'detailed-exitcode') && plan.verdict === 'proceed' ? otherExitCodes.change : 0;
}

function toText(plan: UpdatePlan): string {
  const { store } = plan;
  if (store !== null) return `${renderPlan({ ...plan, store })}${renderNeeds(plan)}`;
  return `${['no plan', ...(plan.reason ? renderReason(plan.reason) : [])].join('\n')}\n`;
}

/** What an update would have to be given where nobody can be asked. */
function renderNeeds({ verdict, missing }: UpdatePlan): string {
  if (verdict !== 'proceed') return '';
  const accept = missing.length > 0 ? ` --accept ${missing.join(',')}` : '';
  return `  Without a terminal an update needs: --yes${accept}\n`;
}
