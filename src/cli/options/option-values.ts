/** The values on the command line, read option by option. A message repeats only those that cannot be secret. */
import { InvalidInputError } from '../../run/errors.ts';
import type { OptionName } from './options.ts';
import { renamedWords } from './renamed.ts';
import { suggest } from './suggest.ts';

/** By the option's long name, without dashes. */
export type OptionValues = { readonly [Name in OptionName]?: string | true | readonly string[] | undefined };

/** @throws {InvalidInputError} when the value looks like another option, so that its own was forgotten, or is no text. */
export function readText(optionValues: OptionValues, name: OptionName): string | undefined {
  const value = optionValues[name];
  if (typeof value !== 'string') return undefined;
  if (/^--[a-z]/i.test(value)) throw new InvalidInputError(`--${name} needs a value`);
  // What Node.js replaces invalid bytes with.
  if (value.includes('\ufffd')) throw new InvalidInputError(`--${name} is not valid UTF-8`);
  return value;
}

/** @throws {InvalidInputError} */
export function readList(optionValues: OptionValues, name: OptionName): readonly string[] {
  const value = optionValues[name];
  if (!Array.isArray(value)) return [];
  if (value.includes('')) throw new InvalidInputError(`--${name} is empty`);
  return value;
}

/** A list in which each is one of these. @throws {InvalidInputError} */
export function readWords<W extends string>(
  optionValues: OptionValues,
  name: OptionName,
  words: readonly W[],
): readonly W[] {
  return readList(optionValues, name).map((value) => findWord(name, value, words));
}

export function hasFlag(optionValues: OptionValues, name: OptionName): boolean {
  return optionValues[name] === true;
}

/** @throws {InvalidInputError} */
export function readWord<W extends string>(
  optionValues: OptionValues,
  name: OptionName,
  words: readonly W[],
): W | undefined {
  const value = readText(optionValues, name);
  return value === undefined ? undefined : findWord(name, value, words);
}

/** @throws {InvalidInputError} */
export function readNumber(optionValues: OptionValues, name: OptionName, min: number, max: number): number | undefined {
  const value = readText(optionValues, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === '' || !(number >= min && number <= max)) {
    throw rejectValue(name, value, `a number from ${min} to ${max}`);
  }
  return number;
}

/** The error about an unknown word, with its new name or the nearest known word. */
export function rejectWord(name: OptionName, value: string, words: readonly string[]): InvalidInputError {
  const [, kind = '', word = value] = /^(unknown:)(.*)$/.exec(value) ?? [];
  const renamed = renamedWords[word];
  if (renamed !== undefined) return new InvalidInputError(`--${name} ${value}: renamed to ${kind}${renamed}`);
  const near = suggest(value, words);
  const expected = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return rejectValue(name, value, near ? `${expected}; did you mean ${near}?` : expected);
}

/** The error about a value that cannot be secret: `--window "Sun 02": expected days, times and a time zone`. */
export function rejectValue(name: OptionName, value: string, expected: string): InvalidInputError {
  return new InvalidInputError(`--${name} ${quoteWord(value)}: expected ${expected}`);
}

/** A word as it is repeated in a message: short, and in quotes where its ends would not be clear. */
export function quoteWord(word: string): string {
  const short = word.length > longestRepeated ? `${word.slice(0, longestRepeated)}...` : word;
  return /^[\w:=./+-]+$/.test(short) ? short : JSON.stringify(short);
}

const longestRepeated = 60;

function findWord<W extends string>(name: OptionName, value: string, words: readonly W[]): W {
  const word = words.find((known) => known === value);
  if (word === undefined) throw rejectWord(name, value, words);
  return word;
}
