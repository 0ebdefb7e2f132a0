/** Who else is informed of a run, from the options. */

import type { RunOptions } from '../../library/options.ts';
import type { NotifyOptions } from '../../library/wiring/notify.ts';
import type { Logger } from '../../ports/logger.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { hasFlag, type OptionValues, readList, readText, readWord } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { sayWarning } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';
import { loadVerb } from './session.ts';

type NotificationOptions = Pick<RunOptions, 'notify' | 'onNotificationLost' | 'onMetrics'>;

/** @throws {InvalidInputError} before anything is called. */
export async function openNotifications(
  io: Io,
  optionValues: OptionValues,
  { logger }: { readonly logger?: Logger },
): Promise<NotificationOptions> {
  return {
    ...(await readNotify(io, optionValues)),
    ...(hasFlag(optionValues, 'log-metrics') && logger ? keepMetrics(logger) : {}),
  };
}

async function readNotify(io: Io, optionValues: OptionValues): Promise<NotificationOptions> {
  const where = readList(optionValues, 'notify');
  const events = readWord(optionValues, 'notify-events', optionWords['notify-events']);
  const secret = readText(optionValues, 'notify-secret');
  if (where.length === 0) {
    if (events === undefined && secret === undefined) return {};
    throw new InvalidInputError(
      '--notify is required with --notify-events and --notify-secret: expected eventbridge:BUS, sns:ARN or an https:// URL',
    );
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
  const { requireNotify } = await loadVerb(() => import('../../library/wiring/notify.ts'));
  requireNotify(notify);
  return { notify, onNotificationLost: (problem) => sayWarning(io, problem) };
}

/** At any level of the log: --log-metrics asks for them. */
function keepMetrics(logger: Logger): NotificationOptions {
  const always = logger.child({}, { level: 'info' });
  return { onMetrics: (metrics) => always.info(metrics, 'run.metrics') };
}
