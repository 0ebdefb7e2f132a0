/** Who else hears of a run, as options have it. */

import type { NotifyOptions } from '../library/notify.ts';
import type { RunOptions } from '../library/options.ts';
import type { Logger } from '../ports/logger.ts';
import { InvalidInputError } from '../run/errors.ts';
import { type Given, isGiven, readList, readText, readWord } from './given.ts';
import type { Io } from './io.ts';
import { optionWords } from './option-words.ts';
import { loadVerb } from './session.ts';

type Noticing = Pick<RunOptions, 'notify' | 'onNotificationLost' | 'onMetrics'>;

/** @throws {InvalidInputError} before anything is called. */
export async function openNoticing(io: Io, given: Given, { logger }: { readonly logger?: Logger }): Promise<Noticing> {
  return { ...(await readNotify(io, given)), ...(isGiven(given, 'log-metrics') && logger ? keepMetrics(logger) : {}) };
}

async function readNotify(io: Io, given: Given): Promise<Noticing> {
  const where = readList(given, 'notify');
  const events = readWord(given, 'notify-events', optionWords['notify-events']);
  const secret = readText(given, 'notify-secret');
  if (where.length === 0) {
    if (events === undefined && secret === undefined) return {};
    throw new InvalidInputError('--notify says who is told; nobody is');
  }
  // A secret is for URLs: others have no use for a signature.
  const isUrl = (to: string) => /^https?:/.test(to);
  if (secret !== undefined && !where.some(isUrl))
    throw new InvalidInputError('--notify-secret is for a URL in --notify');
  const notify: readonly NotifyOptions[] = where.map((to) => ({
    to,
    ...(events === undefined ? {} : { events }),
    ...(secret === undefined || !isUrl(to) ? {} : { secret }),
  }));
  const { requireNotify } = await loadVerb(() => import('../library/notify.ts'));
  requireNotify(notify);
  return { notify, onNotificationLost: (problem) => io.stderr.write(`cks: ${problem}\n`) };
}

/** Whatever the level of the log is: who asks for metrics wants them there. */
function keepMetrics(logger: Logger): Noticing {
  const always = logger.child({}, { level: 'info' });
  return { onMetrics: (metrics) => always.info(metrics, 'run.metrics') };
}
