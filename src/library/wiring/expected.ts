/** Which kind of value an option takes. Callers in plain JavaScript have no compiler. */
import { InvalidInputError } from '../../run/errors.ts';

export interface Expected {
  /** As in `expected text`. */
  readonly words: string;
  readonly isMet: (value: unknown) => boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFunction = (value: unknown) => typeof value === 'function';
const isText = (value: unknown) => typeof value === 'string';

export const text: Expected = { words: 'text', isMet: isText };
export const flag: Expected = { words: 'true or false', isMet: (value) => typeof value === 'boolean' };
export const milliseconds: Expected = {
  words: 'a number of milliseconds, 0 or more',
  isMet: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};
export const count: Expected = {
  words: 'a whole number, 1 or more',
  isMet: (value) => Number.isInteger(value) && (value as number) >= 1,
};
export const object: Expected = { words: 'an object', isMet: isObject };
export const list: Expected = { words: 'a list', isMet: Array.isArray };
export const texts: Expected = {
  words: 'a list of texts',
  isMet: (value) => Array.isArray(value) && value.every(isText),
};
export const listener: Expected = { words: 'a function', isMet: isFunction };
export const abortSignal: Expected = { words: 'an AbortSignal', isMet: (value) => value instanceof AbortSignal };

export const textMap: Expected = {
  words: 'an object whose members are texts',
  isMet: (value) => isObject(value) && Object.values(value).every(isText),
};

/** An object with these methods. */
export function withMethods(...names: readonly string[]): Expected {
  return {
    words: `an object with the methods ${names.join(', ')}`,
    isMet: (value) => isObject(value) && names.every((name) => isFunction(value[name])),
  };
}

export function either(one: Expected, other: Expected): Expected {
  return { words: `${one.words} or ${other.words}`, isMet: (value) => one.isMet(value) || other.isMet(value) };
}

/** A description of every option that a function has. */
export type ExpectedOptions<O> = Readonly<Record<keyof O, Expected>>;

/**
 * Before anything is read, opened or sent. An option that is undefined was left out.
 *
 * @throws {InvalidInputError} for an option that does not exist, or whose value is of another kind.
 */
export function requireOptions<O>(options: unknown, expected: ExpectedOptions<O>): void {
  if (!isObject(options)) throw new InvalidInputError('the options are missing: expected an object');
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(expected, name)) throw new InvalidInputError(`unknown option ${name}`);
    const { isMet, words } = expected[name as keyof O];
    if (value !== undefined && !isMet(value))
      throw new InvalidInputError(`${name}: expected ${words}, not ${describe(value)}`);
  }
}

/** Text and objects may hold a secret. */
function describe(value: unknown): string {
  if (value === null || ['number', 'boolean', 'bigint'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', object: 'an object', function: 'a function' }[typeof value as string] ?? `a ${typeof value}`;
}
