/** The log, for machines and support cases. It holds requests and events, and never a secret: pino takes those out. */
import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import { describeProperty, propertyNames } from '../domain/properties.ts';

/** The names under which a secret could stand in an object, from the one table. */
const secretNames = propertyNames.flatMap((name) => {
  const { secret, secretMember } = describeProperty(name);
  return secret ? [name] : secretMember ? [secretMember.name] : [];
});

const depths = ['', '*.', '*.*.', '*.*.*.'];

export interface LogOptions {
  readonly level: Level | 'silent';
  /** A file; default standard error. */
  readonly file?: string;
}

export function createLogger({ level, file }: LogOptions, stream?: DestinationStream): Logger {
  const redact = { paths: depths.flatMap((depth) => secretNames.map((name) => `${depth}${name}`)), censor: '(secret)' };
  // Synchronous: the last lines before a crash are the ones that matter.
  const sink =
    stream ?? destination(file === undefined ? { dest: 2, sync: true } : { dest: file, sync: true, mkdir: true });
  return pino({ level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink);
}
