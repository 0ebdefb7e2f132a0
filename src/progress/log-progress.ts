/** Writes what a run tells into a log. */
import type { Level, Logger } from 'pino';
import type { Progress, ProgressEvent } from '../ports/progress.ts';

const levels: Readonly<Partial<Record<ProgressEvent['type'], Level>>> = {
  'look.failed': 'warn',
  'lock.unsure': 'warn',
  'store.observed': 'debug',
  'step.started': 'debug',
};

export function logProgress(logger: Logger): Progress {
  return ({ type, ...told }) => logger[levels[type] ?? 'info'](told, type);
}
