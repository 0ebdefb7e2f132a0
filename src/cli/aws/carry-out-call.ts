/** A long name that changes a store: a safe run behind the words of `aws kms`, with nothing on standard output. */

import { createEnding, type Ending, type Manner } from '../commands/carry-run.ts';
import { carryOut } from '../commands/update.ts';
import type { RunCommand } from '../commands.ts';
import type { OptionValues } from '../options/option-values.ts';
import { openResultFile } from '../output/output.ts';
import { type Io, isInteractive } from '../terminal/io.ts';
import { readCall } from './call.ts';
import type { Operation } from './operations.ts';
import { nothing } from './print.ts';

export interface CallManner extends Pick<Manner, 'waitLimits'> {
  /** Options of the run beside those of the caller. */
  readonly more?: OptionValues;
  /** Another ending than that of an update. */
  readonly change?: (ending: Ending) => Ending;
}

export const update: RunCommand = (io, { optionValues }) => carryOutCall(io, 'UpdateCustomKeyStore', optionValues);

export async function carryOutCall(
  io: Io,
  operation: Operation,
  words: OptionValues,
  { more = {}, change = (ending) => ending, ...manner }: CallManner = {},
): Promise<number> {
  const call = await readCall(io, operation, words);
  if (call === undefined) return 0;
  // Without a terminal, the call itself is the approval, as with `aws`.
  const optionValues = { ...call.optionValues, ...more, ...(isInteractive(io) ? {} : { yes: true as const }) };
  const ending = change(createEnding(io, openResultFile(io, optionValues)));
  const exitCode = await carryOut(io, { word: undefined, optionValues }, 'updateStore', { ...manner, ending });
  if (exitCode === 0) await call.print(nothing);
  return exitCode;
}
