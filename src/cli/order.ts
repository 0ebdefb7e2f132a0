/** From options to the order of a run: the store, the new values and the policy. Looks at nothing but the command line. */
import { isRisk, type Policy, type Risk, risks } from '../domain/policy.ts';
import { describeProperty, optionName, type PropertyName, propertyNames } from '../domain/properties.ts';
import type { SafeUpdateOptions } from '../library/options.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { ChangeInput, UpdateInput } from '../run/prepare.ts';
import { parseCredential } from './credential.ts';
import { parseDuration } from './duration.ts';
import { type Given, isGiven, readList, readText, readWord, readWords } from './given.ts';
import { previousOptions } from './option-groups.ts';
import { optionWords } from './option-words.ts';
import { readProxyConfiguration } from './proxy-configuration.ts';

export interface CommandArguments {
  /** The first word, if any: it names a store or a run. */
  readonly word: string | undefined;
  readonly given: Given;
}

/** Id or name of the store. @throws {InvalidInputError} when it is given twice and differs, or is an ARN. */
export function readStore({ word: store, given }: CommandArguments): string | undefined {
  const option = readText(given, 'custom-key-store-id');
  if (store !== undefined && option !== undefined && store !== option) {
    throw new InvalidInputError(
      'the store is given twice, as the first word and as --custom-key-store-id, and they differ',
    );
  }
  const meant = option ?? store;
  if (meant === '') throw new InvalidInputError('which custom key store? Its id or name is empty');
  if (meant?.startsWith('arn:')) {
    throw new InvalidInputError('an ARN does not name a custom key store; give its id (cks-...) or its name');
  }
  return meant;
}

/** @throws {InvalidInputError} */
export function readRequest(args: CommandArguments): CommandRequest {
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const { given } = args;
  return {
    customKeyStoreId,
    change: readChange(given),
    previous: readPrevious(given),
    ...readPolicy(given),
  };
}

/** Old values that KMS does not show. @throws {InvalidInputError} */
export function readPrevious(given: Given): ChangeInput {
  return readValues(given, (name) => previousOptions[name as keyof typeof previousOptions]);
}

/** The new values. @throws {InvalidInputError} */
export function readChange(given: Given): ChangeInput {
  return { ...readProxyConfiguration(given), ...readValues(given, optionName) };
}

function readValues(given: Given, optionOf: (name: PropertyName) => string | undefined): ChangeInput {
  const values: Record<string, unknown> = {};
  for (const name of propertyNames) {
    const option = optionOf(name);
    if (option === undefined) continue;
    const value = readText(given, option);
    if (value === undefined) continue;
    values[name] = describeProperty(name).secretMember ? parseCredential(`--${option}`, value) : value;
  }
  return values;
}

/** What a command says of a run, but for where it finds AWS and whom it asks. */
export type CommandRequest = Omit<UpdateInput, keyof InWords> & InWords;

/** What the library takes in words. */
type InWords = Pick<SafeUpdateOptions, 'onFailure' | 'window'>;

function readPolicy(given: Given): Omit<Partial<Policy>, keyof InWords> & InWords {
  const onFailure = readWord(given, 'on-failure', optionWords['on-failure']);
  const mode = readWord(given, 'mode', optionWords.mode);
  const finalState = readWord(given, 'final-state', optionWords['final-state']);
  const disconnect = readText(given, 'max-disconnect-wait');
  const connect = readText(given, 'max-connect-wait');
  const dwell = readText(given, 'bake-time');
  const window = readText(given, 'window');
  const budget = readText(given, 'outage-budget');
  const holdTimeout = readText(given, 'hold-timeout');
  const role = readText(given, 'dead-mans-switch');
  return {
    accept: readRisks(given),
    skipChecks: readWords(given, 'skip-check', optionWords['skip-check']),
    ...(mode ? { mode } : {}),
    ...(finalState ? { finalState } : {}),
    ...(onFailure ? { onFailure } : {}),
    holdOffline: isGiven(given, 'hold-offline'),
    trialConnect: isGiven(given, 'trial-connect'),
    canaryKeys: readList(given, 'canary-key'),
    requireKeyVerification: isGiven(given, 'require-key-verification'),
    ...(dwell === undefined ? {} : { bakeTimeMs: dwell === '0' ? 0 : parseDuration('--bake-time', dwell) }),
    ...(window === undefined ? {} : { window }),
    ...(holdTimeout === undefined ? {} : { holdTimeoutMs: parseDuration('--hold-timeout', holdTimeout) }),
    ...(role === undefined ? {} : { deadMansSwitch: role }),
    ...(budget === undefined ? {} : { outageBudgetMs: parseDuration('--outage-budget', budget) }),
    ...(disconnect === undefined ? {} : { maxDisconnectWaitMs: parseDuration('--max-disconnect-wait', disconnect) }),
    ...(connect === undefined ? {} : { maxConnectWaitMs: parseDuration('--max-connect-wait', connect) }),
  };
}

/** @throws {InvalidInputError} */
export function readRisks(given: Given): readonly Risk[] {
  const words = readList(given, 'accept').flatMap((list) => list.split(',').map((word) => word.trim()));
  return words.map((word) => {
    if (isRisk(word)) return word;
    throw new InvalidInputError(`--accept takes ${Object.keys(risks).join(', ')} or unknown:CHECK`);
  });
}
