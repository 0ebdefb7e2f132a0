/** From options to the order of a run: the store, the new values and the policy. Looks at nothing but the command line. */
import { isRisk, type Policy, type Risk, risks } from '../../domain/policy.ts';
import { type PolicyForm, policyNames, policyOptions } from '../../domain/policy-options.ts';
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
import type { OptionName } from '../options/options.ts';
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

function readValues(optionValues: OptionValues, optionOf: (name: PropertyName) => OptionName | undefined): ChangeInput {
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

/** Each option of the table that was given, by the form of its member. */
function readPolicy(optionValues: OptionValues): Omit<Partial<Policy>, keyof InWords> & InWords {
  const read = policyNames.flatMap((name) => {
    const option = policyOptions[name];
    if (!('flag' in option)) return [];
    const value = readers[option.form](optionValues, option.flag.name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(read) as Omit<Partial<Policy>, keyof InWords> & InWords;
}

const readers: Readonly<Record<PolicyForm, (optionValues: OptionValues, option: OptionName) => unknown>> = {
  word: (values, option) => readWord(values, option, optionWords[option as keyof typeof optionWords]),
  flag: hasFlag,
  flagOrOnly: hasFlag,
  duration: readTime,
  durationOrZero: (values, option) => (readText(values, option) === '0' ? 0 : readTime(values, option)),
  texts: (values, option) =>
    option === 'skip-check' ? readWords(values, option, optionWords[option]) : readList(values, option),
  risks: readRisks,
  role: readText,
  window: readText,
};

function readTime(optionValues: OptionValues, option: OptionName): number | undefined {
  const text = readText(optionValues, option);
  return text === undefined ? undefined : parseDuration(`--${option}`, text);
}

/** @throws {InvalidInputError} */
export function readRisks(optionValues: OptionValues): readonly Risk[] {
  const words = readList(optionValues, 'accept').flatMap((list) => list.split(',').map((word) => word.trim()));
  return words.map((word) => {
    if (isRisk(word) && !isRenamed(word)) return word;
    throw rejectWord('accept', word, [...Object.keys(risks), 'unknown:CHECK']);
  });
}
