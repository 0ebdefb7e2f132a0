/** `cks update` and `cks reconnect`: one run, from its options to its exit code. */
import type { SafeUpdateOptions } from '../../library/options.ts';
import type { Io } from '../io.ts';
import { offerUnfinished } from '../offer-unfinished.ts';
import { type CommandArguments, readOrder } from '../order.ts';
import { follow, openRun } from '../run.ts';
import { loadVerb } from '../session.ts';

export function run(io: Io, args: CommandArguments): Promise<number> {
  return carryOut(io, args, 'safeUpdate');
}

/** Throws what the library throws; a result of any outcome is written and gives the exit code. */
export async function carryOut(io: Io, args: CommandArguments, verb: 'safeUpdate' | 'reconnect'): Promise<number> {
  const order = readOrder(args);
  const opened = await openRun(io, args.given, order);
  const earlier = opened.asks ? await offerUnfinished(io, order.customKeyStoreId, opened.options) : undefined;
  if (earlier !== undefined) {
    const { resumeRun } = await loadVerb(() => import('../../library/resume.ts'));
    return follow(io, opened, earlier, (options) => resumeRun({ ...options, runId: earlier }));
  }
  const library = await loadVerb(() => import('../../library/safe-update.ts'));
  const words: SafeUpdateOptions = { ...order, ...opened.options };
  return follow(io, opened, order.customKeyStoreId, (options) => library[verb]({ ...words, ...options }));
}
