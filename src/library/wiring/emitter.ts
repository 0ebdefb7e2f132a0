/** Where a run emits its events: the log, the caller, the notification targets, and at the end CloudWatch. */
import type { Input } from '../../../machines/safe-update/index.ts';
import type { RunResult } from '../../domain/outcome.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Emit, RunContext } from '../../ports/progress.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { logRun } from '../../progress/log-progress.ts';
import { makeRunMetrics } from '../../progress/metrics.ts';
import { deliver } from '../../progress/notifications/deliver.ts';
import { isSelected, makeNotification } from '../../progress/notifications/notification.ts';
import type { RunOptions } from '../options.ts';
import type { Connection } from './connection.ts';
import { openNotifications } from './notify.ts';

export interface Emitter {
  readonly emit: Emit;
  /** For lines about what the run does now. */
  logger(): Logger | undefined;
  /** `result`: null where the run broke off. */
  end(result: RunResult | null): void;
  /** Waits some seconds at most for notifications. Never fails. */
  flush(): Promise<void>;
}

/** @throws {InvalidInputError} if a notification target is not usable. */
export function openEmitter(
  { runId, place: { account, region }, store }: Pick<Input, 'runId' | 'place' | 'store'>,
  connection: Pick<Connection, 'own'>,
  secrets: Secrets,
  { logger, notify, onProgress, onNotificationLost, onMetrics }: RunOptions,
): Emitter {
  let at: RunContext = { runId, account, region, store, customKeyStoreId: null, storeName: null, step: null };
  const log = logger && logRun(logger, at);
  const describeLost = (problem: string) => {
    log?.current().warn(problem);
    onNotificationLost?.(problem);
  };
  const told = openNotifications(notify, connection.own, secrets).map(({ notifications, events }) => ({
    ...deliver(notifications, describeLost, systemClock),
    events,
  }));
  return {
    emit(event, from) {
      at = from;
      log?.emit(event, at);
      for (const one of told) if (isSelected(event, one.events)) one.emit(makeNotification(event, at));
      return onProgress?.(event);
    },
    logger: () => log?.current(),
    end: (result) => onMetrics?.(makeRunMetrics(result, at, systemClock.now())),
    async flush() {
      await Promise.all(told.map((one) => one.flush()));
    },
  };
}
