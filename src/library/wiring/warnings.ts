/** Warns once of each file that cannot be written while the run continues. */

import type { JournalOptions } from '../../disk/journal/journal.ts';
import { toIso } from '../../domain/duration.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { RunOptions } from '../options.ts';

export type Warn = (type: 'lock.unsure' | 'lock.restored' | 'disk.failed', message: string) => void;

/** On standard error if the caller follows no events. Never fails. */
export function openWarnings(runId: string, { onProgress, logger }: RunOptions): Warn {
  const told = new Set<string>();
  return (type, message) => {
    if (told.has(message)) return;
    told.add(message);
    try {
      logger?.warn({ runId, message }, type);
      if (onProgress) onProgress({ type, message, runId, at: toIso(systemClock.now()) });
      else process.stderr.write(`cks: ${message}\n`);
    } catch {
      // A listener that fails must not disturb a run that may have a store offline.
    }
  };
}

/** A disk that fails once the store is offline must not take what happened with it. */
export function openLosses(
  onLost: RunOptions['onJournalLost'],
  warn: Warn,
): Pick<JournalOptions, 'onLost' | 'onFailure'> {
  return {
    onLost: onLost ?? ((line) => process.stderr.write(line)),
    onFailure: (message) => warn('disk.failed', message),
  };
}
