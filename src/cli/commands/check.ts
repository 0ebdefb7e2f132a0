/** `cks check`: the checks of an update or a reconnect, alone. Changes nothing, and makes no store but that of a trial connect. */
import { otherExitCodes, outcomes } from '../../domain/outcome.ts';
import type { RunOptions } from '../../library/options.ts';
import type { CheckedStore } from '../../library/plan-update.ts';
import { readConnectTo } from '../connect-to.ts';
import type { Io } from '../io.ts';
import { type CommandArguments, readRequest } from '../order.ts';
import { openOutput } from '../output.ts';
import type { CheckResult } from '../outputs.ts';
import { renderFindings } from '../render/findings.ts';
import { wrap } from '../render/lines.ts';
import { renderRunOnlyChecks } from '../render/plan.ts';
import { renderError, renderReason } from '../render/reason.ts';
import { nameStoreAndState } from '../render/stores.ts';
import { openDisplay, readKeeping, watch } from '../run.ts';
import { takeSecrets } from '../secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const request = await takeSecrets(io, readRequest(args));
  const connection = readConnection(args.given);
  const output = openOutput(io, args.given);
  const display = openDisplay(io, args.given);
  const log = await openLog(io, args.given);
  const { checkStore } = await loadVerb(() => import('../../library/plan-update.ts'));
  const options: RunOptions = { ...connection, ...log, ...readKeeping(args.given), ...readConnectTo(args.given) };
  const observe = (options: RunOptions) => checkStore({ ...request, ...options });
  // What only looks may be broken off anywhere.
  const found = request.trialConnect
    ? await watch(io, { options, output, display }, { store: request.customKeyStoreId }, observe)
    : await keepStack(log, () => observe(options));
  if (found.reason && output.format === 'json') io.stderr.write(renderError(found.reason, io.stderr));
  const { store, verdict, findings, missing, reason, nextCommands, runOnlyChecks } = found;
  const told = { ...(reason ? { reason } : {}), ...(nextCommands ? { nextCommands } : {}) };
  const result: CheckResult = { store, verdict, checks: findings, missing, runOnlyChecks, ...told };
  output.write(result, () => toText(found));
  if (isStopped(found)) return outcomes.cancelled.exitCode;
  return verdict === 'refused' ? otherExitCodes.no : 0;
}

const isStopped = ({ reason }: CheckedStore) => reason?.code === 'STOPPED';

function toText(found: CheckedStore): string {
  const { store, verdict, findings, missing, reason, nextCommands = [], runOnlyChecks } = found;
  const head = store === null ? 'no checks' : wrap(nameStoreAndState(store), 'check  ');
  const end =
    verdict === 'refused' && reason
      ? [isStopped(found) ? '  It has not come to its end:' : '  It would be refused:', ...renderReason(reason)]
      : missing.length > 0
        ? [wrap(`To go ahead takes --accept ${missing.join(',')}`, '  ')]
        : [];
  const none = store !== null && findings.length === 0 ? ['  There is nothing to look at.'] : [];
  const left = nextCommands.length > 0 ? ['  left to do:', ...nextCommands.map((command) => `    ${command}`)] : [];
  return `${[head, ...renderFindings(findings), ...none, ...end, ...renderRunOnlyChecks(runOnlyChecks), ...left].join('\n')}\n`;
}
