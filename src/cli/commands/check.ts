/** `cks check`: the checks of an update or a reconnect, alone. Changes nothing, and makes no store but that of a rehearsal. */
import { otherExitCodes, outcomes } from '../../domain/outcome.ts';
import type { RunOptions } from '../../library/options.ts';
import type { CheckedStore } from '../../library/plan-update.ts';
import { readConnectTo } from '../connect-to.ts';
import type { Io } from '../io.ts';
import { type CommandArguments, readOrder } from '../order.ts';
import { openOutput } from '../output.ts';
import type { CheckResult } from '../outputs.ts';
import { renderFindings } from '../render/findings.ts';
import { wrap } from '../render/lines.ts';
import { renderLeftToRun } from '../render/plan.ts';
import { renderError, renderReason } from '../render/reason.ts';
import { nameStoreAndState } from '../render/stores.ts';
import { openDisplay, readKeeping, watch } from '../run.ts';
import { takeSecrets } from '../secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const order = await takeSecrets(io, readOrder(args));
  const connection = readConnection(args.given);
  const output = openOutput(io, args.given);
  const display = openDisplay(io, args.given);
  const log = await openLog(io, args.given);
  const { checkStore } = await loadVerb(() => import('../../library/plan-update.ts'));
  const options: RunOptions = { ...connection, ...log, ...readKeeping(args.given), ...readConnectTo(args.given) };
  const look = (options: RunOptions) => checkStore({ ...order, ...options });
  // What only looks may be broken off anywhere.
  const found = order.rehearse
    ? await watch(io, { options, output, display }, { store: order.customKeyStoreId }, look)
    : await keepStack(log, () => look(options));
  if (found.reason && output.format === 'json') io.stderr.write(renderError(found.reason, io.stderr));
  const { store, verdict, findings, missing, reason, remaining, leftToRun } = found;
  const told = { ...(reason ? { reason } : {}), ...(remaining ? { remaining } : {}) };
  const result: CheckResult = { store, verdict, checks: findings, missing, leftToRun, ...told };
  output.write(result, () => toText(found));
  if (isStopped(found)) return outcomes.cancelled.exitCode;
  return verdict === 'refused' ? otherExitCodes.no : 0;
}

const isStopped = ({ reason }: CheckedStore) => reason?.code === 'STOPPED';

function toText(found: CheckedStore): string {
  const { store, verdict, findings, missing, reason, remaining = [], leftToRun } = found;
  const head = store === null ? 'no checks' : wrap(nameStoreAndState(store), 'check  ');
  const end =
    verdict === 'refused' && reason
      ? [isStopped(found) ? '  It has not come to its end:' : '  It would be refused:', ...renderReason(reason)]
      : missing.length > 0
        ? [wrap(`To go ahead takes --accept ${missing.join(',')}`, '  ')]
        : [];
  const none = store !== null && findings.length === 0 ? ['  There is nothing to look at.'] : [];
  const left = remaining.length > 0 ? ['  left to do:', ...remaining.map((command) => `    ${command}`)] : [];
  return `${[head, ...renderFindings(findings), ...none, ...end, ...renderLeftToRun(leftToRun), ...left].join('\n')}\n`;
}
