/** What stood on the command line, read option by option. Values are never repeated in a message: any may be a secret. */
import { InvalidInputError } from '../run/errors.ts';

/** By the option's long name, without dashes. */
export type OptionValues = Readonly<Record<string, string | true | readonly string[] | undefined>>;

/** @throws {InvalidInputError} when the value looks like another option, so that its own was forgotten, or is no text. */
export function readText(optionValues: OptionValues, name: string): string | undefined {
  const value = optionValues[name];
  if (typeof value !== 'string') return undefined;
  if (/^--[a-z]/i.test(value)) throw new InvalidInputError(`--${name} needs a value`);
  // What Node.js puts in the place of bytes that are none.
  if (value.includes('\ufffd')) throw new InvalidInputError(`--${name} is not valid UTF-8`);
  return value;
}

/** @throws {InvalidInputError} */
export function readList(optionValues: OptionValues, name: string): readonly string[] {
  const value = optionValues[name];
  if (!Array.isArray(value)) return [];
  if (value.includes('')) throw new InvalidInputError(`--${name} is empty`);
  return value;
}

/** A list in which each is one of these. @throws {InvalidInputError} */
export function readWords<W extends string>(
  optionValues: OptionValues,
  name: string,
  words: readonly W[],
): readonly W[] {
  return readList(optionValues, name).map((said) => {
    const word = words.find((known) => known === said);
    if (word === undefined) throw new InvalidInputError(`--${name} takes ${words.join(', ')}`);
    return word;
  });
}

export function hasFlag(optionValues: OptionValues, name: string): boolean {
  return optionValues[name] === true;
}

/** @throws {InvalidInputError} */
export function readWord<W extends string>(
  optionValues: OptionValues,
  name: string,
  words: readonly W[],
): W | undefined {
  const value = readText(optionValues, name);
  if (value === undefined) return undefined;
  const word = words.find((known) => known === value);
  if (word === undefined) {
    throw new InvalidInputError(`--${name} is ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
  }
  return word;
}

/** @throws {InvalidInputError} */
export function readNumber(optionValues: OptionValues, name: string, min: number, max: number): number | undefined {
  const value = readText(optionValues, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === '' || !(number >= min && number <= max)) {
    throw new InvalidInputError(`--${name} is a number from ${min} to ${max}`);
  }
  return number;
}
