/** `cks check`: the checks of an update or a reconnect, alone. Changes nothing. */
import { otherExitCodes } from '../../domain/outcome.ts';
import type { UpdatePlan } from '../../run/plan-update.ts';
import { readConnectTo } from '../connect-to.ts';
import type { Io } from '../io.ts';
import { type CommandArguments, readOrder } from '../order.ts';
import { openOutput } from '../output.ts';
import type { CheckResult } from '../outputs.ts';
import { renderFindings } from '../render/findings.ts';
import { wrap } from '../render/lines.ts';
import { renderError, renderReason } from '../render/reason.ts';
import { nameStoreAndState } from '../render/stores.ts';
import { readKeeping } from '../run.ts';
import { takeSecrets } from '../secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const order = await takeSecrets(io, readOrder(args));
  const connection = readConnection(args.given);
  const output = openOutput(io, args.given);
  const log = await openLog(io, args.given);
  const { checkStore } = await loadVerb(() => import('../../library/plan-update.ts'));
  const words = { ...order, ...connection, ...log, ...readKeeping(args.given), ...readConnectTo(args.given) };
  const found = await keepStack(log, () => checkStore(words));
  if (found.reason && output.format === 'json') io.stderr.write(renderError(found.reason, io.stderr));
  const { store, verdict, findings, missing, reason } = found;
  const result: CheckResult = { store, verdict, checks: findings, missing, ...(reason ? { reason } : {}) };
  output.write(result, () => toText(found));
  return verdict === 'refused' ? otherExitCodes.no : 0;
}

function toText({ store, verdict, findings, missing, reason }: UpdatePlan): string {
  const head = store === null ? 'no checks' : wrap(nameStoreAndState(store), 'check  ');
  const end =
    verdict === 'refused' && reason
      ? ['  It would be refused:', ...renderReason(reason)]
      : missing.length > 0
        ? [wrap(`To go ahead takes --accept ${missing.join(',')}`, '  ')]
        : [];
  const none = store !== null && findings.length === 0 ? ['  There is nothing to look at.'] : [];
  return `${[head, ...renderFindings(findings), ...none, ...end].join('\n')}\n`;
}
