/** `cks update` and `cks reconnect`: one run, from its options to its exit code. */
import type { SafeUpdateOptions } from '../../library/options.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { RunCommand } from '../commands.ts';
import { type CommandArguments, readRequest } from '../input/request.ts';
import { takeSecrets } from '../input/secret-words.ts';
import { loadVerb } from '../input/session.ts';
import type { Io } from '../terminal/io.ts';
import { offerUnfinished } from '../terminal/offer-unfinished.ts';
import { follow, type Manner, type OpenedRun, openRun } from './carry-run.ts';
import { goOnFrom } from './resume.ts';

export const update: RunCommand = (io, args) => carryOut(io, args, 'updateStore');

/** Disconnects and connects, whatever state the store is in. */
export const reconnect: RunCommand = (io, args) => carryOut(io, args, 'reconnectStore');

/** Throws what the library throws; a result of any outcome is written and gives the exit code. */
export async function carryOut(
  io: Io,
  args: CommandArguments,
  verb: 'updateStore' | 'reconnectStore',
  manner: Manner = {},
): Promise<number> {
  const said = readRequest(args);
  const opened = await openRun(io, args.optionValues, said, manner);
  const { asks, options } = opened;
  requireHoldable(opened, said);
  const earlier = asks && !manner.hasOffered ? await offerUnfinished(io, said.customKeyStoreId, options) : undefined;
  if (earlier !== undefined) {
    return goOnFrom(io, opened, earlier, 'resumeRun', { accept: said.accept ?? [] });
  }
  const request = await takeSecrets(io, said);
  const library = await loadVerb(() => import('../../library/update-store.ts'));
  const words: SafeUpdateOptions = { ...request, ...opened.options };
  return follow(io, opened, { store: request.customKeyStoreId }, (options) => library[verb]({ ...words, ...options }));
}

/** @throws {InvalidInputError} if a hold could not be ended, or would wait forever. */
export function requireHoldable(
  { asks, options }: OpenedRun,
  { holdOffline, onFailure, holdTimeoutMs }: Pick<SafeUpdateOptions, 'holdOffline' | 'onFailure' | 'holdTimeoutMs'>,
): void {
  if (asks || !(holdOffline || onFailure === 'hold')) return;
  if (options.journal === false)
    throw new InvalidInputError('a hold without a terminal is continued with cks resume, which needs the journal');
  if (holdTimeoutMs === undefined) {
    const option = holdOffline ? '--hold-offline' : '--on-failure hold';
    throw new InvalidInputError(
      `${option} without a terminal needs --hold-timeout, such as 30m: after it the run rolls back, so that the store does not stay offline`,
    );
  }
}
