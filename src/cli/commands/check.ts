/** `cks check`: the checks of an update or a reconnect, alone. Changes nothing, and makes no store but that of a trial connect. */
import { otherExitCodes, outcomes } from '../../domain/outcome.ts';
import type { RunOptions } from '../../library/options.ts';
import type { CheckedStore } from '../../library/plan-update.ts';
import { type CommandArguments, readRequest } from '../input/request.ts';
import { takeSecrets } from '../input/secret-words.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../input/session.ts';
import { readConnectTo } from '../options/connect-to.ts';
import { hasFlag } from '../options/option-values.ts';
import { openOutput } from '../output/output.ts';
import { renderFindings } from '../output/render/findings.ts';
import { commandsOf, rowsOf, wrap } from '../output/render/lines.ts';
import { runOnlyRow } from '../output/render/plan.ts';
import { reasonRows } from '../output/render/reason.ts';
import { nameStoreAndState } from '../output/render/stores.ts';
import { renderWhere } from '../output/render/where.ts';
import { sayError } from '../output/say-error.ts';
import type { CheckResult } from '../output/schemas.ts';
import type { Io } from '../terminal/io.ts';
import { openDisplay, readKeeping, watch } from './carry-run.ts';

export async function run(io: Io, args: CommandArguments): Promise<number> {
  const request = await takeSecrets(io, readRequest(args));
  const connection = readConnection(args.optionValues);
  const output = openOutput(io, args.optionValues);
  const display = openDisplay(io, args.optionValues);
  const log = await openLog(io, args.optionValues);
  const { checkStore } = await loadVerb(() => import('../../library/plan-update.ts'));
  const options: RunOptions = {
    ...connection,
    ...log,
    ...readKeeping(args.optionValues),
    ...readConnectTo(args.optionValues),
  };
  const observe = (options: RunOptions) => checkStore({ ...request, ...options });
  // What only looks may be broken off anywhere.
  const found = request.trialConnect
    ? await watch(io, { options, output, display }, { store: request.customKeyStoreId }, observe)
    : await keepStack(log, () => observe(options));
  if (found.reason && output.format === 'json') sayError(io, found.reason);
  const { store, verdict, findings, missing, reason, nextCommands, runOnlyChecks } = found;
  const told = { ...(reason ? { reason } : {}), ...(nextCommands ? { nextCommands } : {}) };
  const result: CheckResult = { store, verdict, checks: findings, missing, runOnlyChecks, ...told };
  output.write(result, () => toText(found, hasFlag(args.optionValues, 'verbose')));
  if (isStopped(found)) return outcomes.cancelled.exitCode;
  return verdict === 'refused' ? otherExitCodes.no : 0;
}

const isStopped = ({ reason }: CheckedStore) => reason?.code === 'STOPPED';

function toText(found: CheckedStore, isVerbose: boolean): string {
  const { store, verdict, findings, missing, reason, nextCommands = [], runOnlyChecks } = found;
  const refused = isStopped(found) ? 'the checks were stopped' : 'an update would be refused';
  const consent =
    missing.length > 0 ? [{ mark: '!', label: 'To proceed', text: `add --accept ${missing.join(',')}` } as const] : [];
  const end =
    verdict === 'refused' && reason
      ? [{ mark: '✗', label: 'REFUSED', text: refused } as const, ...reasonRows(reason)]
      : consent;
  return `${[
    ...(store === null ? [] : [wrap(nameStoreAndState(store), 'CHECK  ')]),
    wrap(renderWhere(found), '       '),
    ...renderFindings(findings),
    ...(store !== null && findings.length === 0 ? ['  No check applies to this change.'] : []),
    ...rowsOf([...end, ...runOnlyRow(runOnlyChecks, isVerbose)]),
    ...commandsOf('  Run next:', nextCommands),
  ].join('\n')}\n`;
}
