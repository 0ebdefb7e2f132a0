/** From options to the order of a run: the store, the new values and the policy. Looks at nothing but the command line. */
import { isRisk, type Policy, type Risk, risks } from '../../domain/policy.ts';
import { describeProperty, optionName, type PropertyName, propertyNames } from '../../domain/properties.ts';
import type { SafeUpdateOptions } from '../../library/options.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { ChangeInput, UpdateInput } from '../../run/prepare.ts';
import { parseDuration } from '../options/duration.ts';
import { previousOptions } from '../options/option-groups.ts';
import {
  hasFlag,
  type OptionValues,
  readList,
  readText,
  readWord,
  readWords,
  rejectWord,
} from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { isRenamed } from '../options/renamed.ts';
import { parseCredential } from './credential.ts';
import { readProxyConfiguration } from './proxy-configuration.ts';

export interface CommandArguments {
  /** The first word, if any: it names a store or a run. */
  readonly word: string | undefined;
  readonly optionValues: OptionValues;
}

/** Id or name of the store. @throws {InvalidInputError} when it is given twice and differs, or is an ARN. */
export function readStore({ word: store, optionValues }: CommandArguments): string | undefined {
  const option = readText(optionValues, 'custom-key-store-id');
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
export function readRunId({ word }: CommandArguments): string {
  if (word === undefined) throw new InvalidInputError('which run? Give its id, as cks runs lists it');
  return word;
}

/** @throws {InvalidInputError} */
export function readRequest(args: CommandArguments): CommandRequest {
  const customKeyStoreId = readStore(args);
  if (customKeyStoreId === undefined) throw new InvalidInputError('which custom key store? Give its id or name');
  const { optionValues } = args;
  return {
    customKeyStoreId,
    change: readChange(optionValues),
    previous: readPrevious(optionValues),
    ...readPolicy(optionValues),
  };
}

/** Old values that KMS does not show. @throws {InvalidInputError} */
export function readPrevious(optionValues: OptionValues): ChangeInput {
  return readValues(optionValues, (name) => previousOptions[name as keyof typeof previousOptions]);
}

/** The new values. @throws {InvalidInputError} */
export function readChange(optionValues: OptionValues): ChangeInput {
  return { ...readProxyConfiguration(optionValues), ...readValues(optionValues, optionName) };
}

function readValues(optionValues: OptionValues, optionOf: (name: PropertyName) => string | undefined): ChangeInput {
  const values: Record<string, unknown> = {};
  for (const name of propertyNames) {
    const option = optionOf(name);
    if (option === undefined) continue;
    const value = readText(optionValues, option);
    if (value === undefined) continue;
    values[name] = describeProperty(name).secretMember ? parseCredential(`--${option}`, value) : value;
  }
  return values;
}

/** What a command says of a run, but for where it finds AWS and whom it asks. */
export type CommandRequest = Omit<UpdateInput, keyof InWords> & InWords;

/** What the library takes in words. */
type InWords = Pick<SafeUpdateOptions, 'onFailure' | 'window'>;

function readPolicy(optionValues: OptionValues): Omit<Partial<Policy>, keyof InWords> & InWords {
  const onFailure = readWord(optionValues, 'on-failure', optionWords['on-failure']);
  const mode = readWord(optionValues, 'mode', optionWords.mode);
  const finalState = readWord(optionValues, 'final-state', optionWords['final-state']);
  const fence = readWord(optionValues, 'fence', optionWords.fence);
  const disconnect = readText(optionValues, 'max-disconnect-wait');
  const connect = readText(optionValues, 'max-connect-wait');
  const bakeTime = readText(optionValues, 'bake-time');
  const window = readText(optionValues, 'window');
  const budget = readText(optionValues, 'outage-budget');
  const minQuiet = readText(optionValues, 'min-quiet');
  const holdTimeout = readText(optionValues, 'hold-timeout');
  const role = readText(optionValues, 'dead-mans-switch');
  return {
    accept: readRisks(optionValues),
    skipChecks: readWords(optionValues, 'skip-check', optionWords['skip-check']),
    ...(mode ? { mode } : {}),
    ...(finalState ? { finalState } : {}),
    ...(fence ? { fence } : {}),
    ...(onFailure ? { onFailure } : {}),
    holdOffline: hasFlag(optionValues, 'hold-offline'),
    trialConnect: hasFlag(optionValues, 'trial-connect'),
    canaryKeys: readList(optionValues, 'canary-key'),
    requireKeyVerification: hasFlag(optionValues, 'require-key-verification'),
    ...(bakeTime === undefined ? {} : { bakeTimeMs: bakeTime === '0' ? 0 : parseDuration('--bake-time', bakeTime) }),
    ...(window === undefined ? {} : { window }),
    ...(holdTimeout === undefined ? {} : { holdTimeoutMs: parseDuration('--hold-timeout', holdTimeout) }),
    ...(role === undefined ? {} : { deadMansSwitch: role }),
    ...(budget === undefined ? {} : { outageBudgetMs: parseDuration('--outage-budget', budget) }),
    ...(minQuiet === undefined ? {} : { minQuietMs: parseDuration('--min-quiet', minQuiet) }),
    ...(disconnect === undefined ? {} : { maxDisconnectWaitMs: parseDuration('--max-disconnect-wait', disconnect) }),
    ...(connect === undefined ? {} : { maxConnectWaitMs: parseDuration('--max-connect-wait', connect) }),
  };
}

/** @throws {InvalidInputError} */
export function readRisks(optionValues: OptionValues): readonly Risk[] {
  const words = readList(optionValues, 'accept').flatMap((list) => list.split(',').map((word) => word.trim()));
  return words.map((word) => {
    if (isRisk(word) && !isRenamed(word)) return word;
    throw rejectWord('accept', word, [...Object.keys(risks), 'unknown:CHECK']);
  });
}
