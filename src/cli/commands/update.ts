/** `cks update` and `cks reconnect`: one run, from its options to its exit code. */

import { outcomes } from '../../domain/outcome.ts';
import type { SafeUpdateOptions } from '../../library/safe-update.ts';
import type { OrderInput } from '../../run/prepare.ts';
import { createOptionsApprover, createTerminalApprover } from '../approver.ts';
import { isGiven, readWord } from '../given.ts';
import { type Io, isInteractive } from '../io.ts';
import { type CommandArguments, findPlainSecrets, readOrder } from '../order.ts';
import { openOutput } from '../output.ts';
import { createJsonDisplay, createSilentDisplay, createTextDisplay } from '../progress/display.ts';
import { renderError } from '../render/reason.ts';
import { renderResult } from '../render/result.ts';
import { keepStack, loadVerb, openLog, readConnection } from '../session.ts';
import { watchRun } from '../watch-run.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return carryOut(io, args, 'safeUpdate');
}

const displays = { text: createTextDisplay, json: createJsonDisplay, none: createSilentDisplay } as const;

/** Throws what the library throws; a result of any outcome is written and gives the exit code. */
export async function carryOut(io: Io, args: CommandArguments, verb: 'safeUpdate' | 'reconnect'): Promise<number> {
  const { given } = args;
  const order = readOrder(args);
  const display = displays[readWord(given, 'progress', ['text', 'json', 'none']) ?? 'text'](io.stderr);
  const connection = readConnection(given);
  const output = openOutput(io, given);
  const log = await openLog(io, given);
  warnOfSecrets(io, order);

  const isYes = isGiven(given, 'yes');
  const consent = { isYes, accept: order.accept ?? [] };
  const asks = isInteractive(io) && !isYes;
  const watch = watchRun(io, display, order.customKeyStoreId, output);
  const options: SafeUpdateOptions = {
    ...order,
    ...connection,
    ...log,
    approver: asks ? createTerminalApprover(io, consent) : createOptionsApprover(consent),
    signal: watch.signal,
    onProgress: watch.hear,
  };
  try {
    const library = await loadVerb(() => import('../../library/safe-update.ts'));
    const result = await keepStack(log, () => library[verb](options));
    display.clear();
    if (result.reason && output.format === 'json') io.stderr.write(renderError(result.reason, io.stderr));
    output.write(result, () => renderResult(result));
    return outcomes[result.outcome].exitCode;
  } finally {
    display.clear();
    watch.end();
  }
}

function warnOfSecrets(io: Io, order: OrderInput): void {
  const names = findPlainSecrets(order);
  if (names.length === 0) return;
  io.stderr.write(
    `cks: warning: the secret of ${names.join(' and ')} can be seen in the process list and the shell history; env:NAME or file:PATH keeps it out\n`,
  );
}
