/** The log of a run: each line says which run, which store and at which step. */
import type { Logger, LogLevel } from '../ports/logger.ts';
import type { Emit, ProgressEvent, RunContext } from '../ports/progress.ts';

export interface RunLog {
  /** Writes what the run tells. */
  readonly emit: Emit;
  /** For lines about what the run does now. */
  current(): Logger;
}

const levels: Readonly<Partial<Record<ProgressEvent['type'], LogLevel>>> = {
  'observe.failed': 'warn',
  'call.failed': 'warn',
  'lock.unsure': 'warn',
  'lock.restored': 'warn',
  'disk.failed': 'warn',
  'outage.began': 'warn',
  'connect.external': 'warn',
  'operator.awaited': 'warn',
  'run.suspended': 'warn',
  'run.unfinished': 'error',
  'store.observed': 'debug',
  'step.started': 'debug',
};

/** `start`: where the run is before it tells anything. */
export function logRun(logger: Logger, start: RunContext): RunLog {
  let log = bind(logger, start);
  return {
    emit({ type, runId: _, ...event }, at) {
      log = bind(logger, at);
      const own = 'step' in event ? bind(logger, { ...at, step: event.step }) : log;
      const { step: __, ...told } = { step: null, ...event };
      own[levels[type] ?? 'info'](told, type);
    },
    current: () => log,
  };
}

/** `store`: its id, once it is known. */
function bind(logger: Logger, { runId, store, customKeyStoreId, storeName, step }: RunContext): Logger {
  const name = storeName === null ? {} : { storeName };
  return logger.child({ runId, store: customKeyStoreId ?? store, ...name, step });
}
