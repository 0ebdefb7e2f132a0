/** The log, for machines and support cases. It holds requests and events, and never a secret: each line is searched for them. */
import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import { describeProperty, propertyNames } from '../domain/properties.ts';

/** The names under which a secret could stand in an object, from the one table. */
const secretNames = propertyNames.flatMap((name) => {
  const { secret, secretMember } = describeProperty(name);
  return secret ? [name] : secretMember ? [secretMember.name] : [];
});

/** In a line of JSON, whatever object it came from and however deep; paths would reach only as far as they are long. */
const secretMembers = new RegExp(`"(${secretNames.join('|')})":"(?:[^"\\\\]|\\\\.)*"`, 'g');

const hideSecrets = (line: string) => line.replace(secretMembers, '"$1":"(secret)"');

export interface LogOptions {
  readonly level: Level | 'silent';
  /** A file; default standard error. */
  readonly file?: string;
}

export function createLogger({ level, file }: LogOptions, stream?: DestinationStream): Logger {
  // Synchronous: the last lines before a crash are the ones that matter.
  const sink =
    stream ?? destination(file === undefined ? { dest: 2, sync: true } : { dest: file, sync: true, mkdir: true });
  return pino(
    { level, hooks: { streamWrite: hideSecrets }, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    sink,
  );
}
