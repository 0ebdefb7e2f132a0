/** The log, for machines and support cases. It holds requests and events, and never a secret: each line is searched for them. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import { escapeUnseen } from '../domain/printable.ts';
import { secretNames } from '../domain/redaction.ts';

/** In a line of JSON, whatever object it came from and however deep; paths would reach only as far as they are long. */
const secretMembers = new RegExp(`"(${secretNames.join('|')})":"(?:[^"\\\\]|\\\\.)*"`, 'g');

const hideSecrets = (line: string) => line.replace(secretMembers, '"$1":"(secret)"');

export interface LogOptions {
  /** Lines of this level and above are written. */
  readonly level: Level | 'silent';
  /**
   * A file to append to.
   *
   * @default standard error
   * @example '/var/log/cks.log'
   */
  readonly file?: string;
  /**
   * Called once, with the error's code, when the log can no longer be written. The run continues without it.
   *
   * @default none
   */
  readonly onFailure?: (code: string) => void;
}

/**
 * Makes a pino logger that replaces every secret in its lines.
 *
 * @example
 * await updateStore({ ...request, logger: createLogger({ level: 'debug', file: 'cks.log' }) });
 */
export function createLogger(options: LogOptions, stream: DestinationStream = openSink(options)): Logger {
  return pino(
    {
      level: options.level,
      hooks: { streamWrite: (line) => escapeUnseen(hideSecrets(line)) },
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream,
  );
}

/** What cannot be written waits here and is tried again with the next line; beyond that, lines are dropped. */
const keptBytes = 1_000_000;

function openSink({ file, onFailure }: LogOptions): DestinationStream {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Synchronous: the last lines before a crash are the ones that matter.
  const sink = destination({ dest: file ?? 2, mode: 0o600, sync: true, maxLength: keptBytes });
  // Without a listener a full disk or a lost terminal would throw in the middle of a call to KMS.
  sink.on('error', () => undefined);
  sink.once('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => onFailure?.(code));
  return sink;
}
