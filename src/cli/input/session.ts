/** What a command needs before it calls AWS: the connection, the log, and a verb of the library, which is loaded only now. */

import type { ConnectionOptions } from '../../library/wiring/connection.ts';
import { findLockTable } from '../../library/wiring/lock-table.ts';
import type { Logger } from '../../ports/logger.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { hasFlag, type OptionValues, readNumber, readText, readWord } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { findWritable, type OnUnwritable, refuse } from '../output/output.ts';
import { sayWarning } from '../output/say-error.ts';
import type { Io } from '../terminal/io.ts';
import { readTextFile } from './read-file.ts';

/** Loads a verb of the library, and with it the AWS SDK. */
export function loadVerb<T>(load: () => Promise<T>): Promise<T> {
  // The SDK's notice about a coming version of Node.js is no output of ours.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return load();
}

/** @throws {InvalidInputError} */
export function readConnection(optionValues: OptionValues): Omit<ConnectionOptions, 'client' | 'logger'> {
  const region = readText(optionValues, 'region');
  const profile = readText(optionValues, 'profile');
  const endpoint = readText(optionValues, 'endpoint-url');
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw new InvalidInputError('--endpoint-url: expected a URL that starts with https:// or http://');
  }
  return {
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...readReach(optionValues),
  };
}

/** The endpoint that is asked in the place of AWS's own; null: none is named. */
export function findEndpoint({ endpoint }: Pick<ConnectionOptions, 'endpoint'>): string | null {
  return endpoint ?? process.env.AWS_ENDPOINT_URL_KMS ?? process.env.AWS_ENDPOINT_URL ?? null;
}

/** That of the options, else of the environment. @throws {InvalidInputError} */
export function readLockTable(optionValues: OptionValues): Pick<ConnectionOptions, 'lockTable'> {
  const named = readText(optionValues, 'lock-table');
  const lockTable = findLockTable(named === undefined ? {} : { lockTable: named });
  return lockTable === undefined ? {} : { lockTable };
}

function readReach(
  optionValues: OptionValues,
): Omit<ReturnType<typeof readConnection>, 'region' | 'profile' | 'endpoint'> {
  const bundle = readText(optionValues, 'ca-bundle');
  const read = readNumber(optionValues, 'cli-read-timeout', 0, 86_400);
  const connect = readNumber(optionValues, 'cli-connect-timeout', 0, 86_400);
  return {
    ...(hasFlag(optionValues, 'no-verify-ssl') ? { verifySsl: false } : {}),
    ...(bundle === undefined ? {} : { trusted: readBundle(bundle) }),
    ...(read === undefined ? {} : { readTimeoutMs: read * 1_000 }),
    ...(connect === undefined ? {} : { connectTimeoutMs: connect * 1_000 }),
    ...(hasFlag(optionValues, 'no-sign-request') ? { signRequests: false } : {}),
  };
}

function readBundle(file: string): string {
  const text = readTextFile('--ca-bundle', file);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new InvalidInputError('--ca-bundle holds no certificate');
  return text;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The log, where one was asked for. @throws {InvalidInputError} when its file cannot be written, by default. */
export async function openLog(
  io: Io,
  optionValues: OptionValues,
  onUnwritable: OnUnwritable = refuse,
): Promise<{ logger?: Logger }> {
  const level =
    readWord(optionValues, 'log-level', optionWords['log-level']) ??
    (hasFlag(optionValues, 'debug') ? 'debug' : undefined);
  const named = readText(optionValues, 'log-file');
  if (level === undefined && named === undefined && !hasFlag(optionValues, 'log-metrics')) return {};
  const file = findWritable('--log-file', named, onUnwritable);
  if (named !== undefined && file === undefined) return {};
  const { createLogger } = await import('../../progress/logger.ts');
  const onFailure = (code: string) =>
    sayWarning(io, `the log could not be written (${code}); the run continues without it`);
  return { logger: createLogger({ level: level ?? 'info', onFailure, ...(file === undefined ? {} : { file }) }) };
}

/** Runs a command's work; what breaks it goes into the log with its stack, which is shown nowhere else. */
export async function keepStack<T>({ logger }: { logger?: Logger }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    logger?.debug({ stack: error instanceof Error ? error.stack : String(error) }, 'failed');
    throw error;
  }
}
