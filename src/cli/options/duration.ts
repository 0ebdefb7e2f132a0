/** Lengths of time as people write them: `90s`, `15m`, `1h30m`. */
import { InvalidInputError } from '../../run/errors.ts';
import { type OptionValues, quoteWord, readText } from './option-values.ts';
import type { OptionName } from './options.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** For ages, in place of the one day that a wait may take. */
export const longestAgeHours = 10 * 365 * 24;

/** The value of an option that is required, in milliseconds. @throws {InvalidInputError} */
export function readDuration(
  optionValues: OptionValues,
  name: OptionName,
  example: string,
  longestHours: number,
): number {
  const text = readText(optionValues, name);
  if (text === undefined) throw new InvalidInputError(`--${name} is required, as in: --${name} ${example}`);
  return parseDuration(`--${name}`, text, longestHours);
}

/** Milliseconds. @throws {InvalidInputError} */
export function parseDuration(option: string, text: string, longestHours = 24): number {
  const parts = [...text.matchAll(/(\d{1,9})([smh])/g)];
  const ms = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  if (!isWhole || ms < 1_000 || ms > longestHours * 3_600_000) {
    throw new InvalidInputError(
      `${option} ${quoteWord(text)}: expected a duration from 1s to ${longestHours}h, such as 90s, 15m or 1h30m`,
    );
  }
  return ms;
}
