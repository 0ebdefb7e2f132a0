/** What surrounds a run at the command line: its log, what is told meanwhile, and how it is stopped. */

import { otherExitCodes } from '../domain/outcome.ts';
import type { SafeUpdateOptions } from '../library.ts';
import type { Progress, ProgressEvent } from '../ports/progress.ts';
import type { Options } from './arguments.ts';
import type { Io } from './io.ts';
import type { Output } from './output.ts';
import { createTeller } from './render/progress.ts';

export interface Session {
  readonly options: Pick<SafeUpdateOptions, 'signal' | 'onProgress' | 'logger'>;
  /** Keeps the screen still while a question is asked. */
  readonly pause: () => void;
  /** Puts the screen in order and stops listening; may be called twice. */
  readonly end: () => void;
}

export async function createSession(io: Io, options: Options, output: Output): Promise<Session> {
  const stop = new AbortController();
  const teller = createTeller(io, options);
  let lastSeen: Extract<ProgressEvent, { type: 'store.observed' }>['store'] | undefined;

  const forget = io.onStop(() => {
    if (stop.signal.aborted) return stopNow();
    teller.say('stopping at the next safe place; once more to stop now');
    stop.abort();
  });

  /** The store may be offline: what is left to do must be said before the process is gone. */
  function stopNow(): never {
    const id = lastSeen?.customKeyStoreId;
    const remaining = id === undefined ? [] : [`cks describe ${id}`, `cks reconnect ${id}`];
    teller.end();
    void output.fail({
      exitCode: otherExitCodes.unfinished,
      code: 'STOPPED_NOW',
      message: `stopped before the end of the run; the store was last seen ${lastSeen?.connectionState ?? 'nowhere'}`,
      remedy: 'Look at the store, and bring it back online if it is not.',
      remaining,
    });
    return io.exit(otherExitCodes.unfinished);
  }

  const onProgress: Progress = (event) => {
    if (event.type === 'store.observed') lastSeen = event.store;
    teller.tell(event);
  };

  const logger = await openLog(options);
  return {
    options: { signal: stop.signal, onProgress, ...(logger ? { logger } : {}) },
    pause: teller.pause,
    end() {
      forget();
      teller.end();
    },
  };
}

/** A log only where one is asked for: pino is loaded then. */
async function openLog(options: Options): Promise<SafeUpdateOptions['logger']> {
  const file = options.logFile as string | undefined;
  const level = (options.logLevel as 'info' | undefined) ?? (file === undefined ? undefined : 'info');
  if (level === undefined) return undefined;
  const { createLogger } = await import('../progress/logger.ts');
  return createLogger({ level, ...(file === undefined ? {} : { file }) });
}
