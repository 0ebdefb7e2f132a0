/** Whom a run tells what it does: the log, the caller, whoever is to be told elsewhere, and in the end CloudWatch. */
import type { Logger } from 'pino';
import type { Input } from '../../machines/safe-update/index.ts';
import type { RunResult } from '../domain/outcome.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { deliver } from '../notices/deliver.ts';
import { isSelected, makeNotice } from '../notices/notice.ts';
import type { Tell, Whereabouts } from '../ports/progress.ts';
import type { Secrets } from '../ports/secrets.ts';
import { logRun } from '../progress/log-progress.ts';
import { makeRunMetrics } from '../progress/metrics.ts';
import type { Connection } from './connection.ts';
import { openNotices } from './notify.ts';
import type { RunOptions } from './options.ts';

export interface Telling {
  readonly tell: Tell;
  /** For lines about what the run does now. */
  logger(): Logger | undefined;
  /** `result`: null where the run broke off. */
  end(result: RunResult | null): void;
  /** Waits some seconds at most for those who are told elsewhere. Never fails. */
  flush(): Promise<void>;
}

/** @throws {InvalidInputError} where nobody can be told in that way. */
export function openTelling(
  { runId, place: { account, region }, store }: Pick<Input, 'runId' | 'place' | 'store'>,
  connection: Pick<Connection, 'own'>,
  secrets: Secrets,
  { logger, notify, onProgress, onNoticesLost, onMetrics }: RunOptions,
): Telling {
  let at: Whereabouts = { runId, account, region, store, customKeyStoreId: null, storeName: null, step: null };
  const log = logger && logRun(logger, at);
  const tellLost = (problem: string) => {
    log?.current().warn(problem);
    onNoticesLost?.(problem);
  };
  const told = openNotices(notify, connection.own, secrets).map(({ notices, events }) => ({
    ...deliver(notices, tellLost, systemClock),
    events,
  }));
  return {
    tell(event, from) {
      at = from;
      log?.tell(event, at);
      for (const one of told) if (isSelected(event, one.events)) one.tell(makeNotice(event, at));
      return onProgress?.(event);
    },
    logger: () => log?.current(),
    end: (result) => onMetrics?.(makeRunMetrics(result, at, systemClock.now())),
    async flush() {
      await Promise.all(told.map((one) => one.flush()));
    },
  };
}
