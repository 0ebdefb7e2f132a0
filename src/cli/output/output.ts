/** Where results go: standard output as text or as exactly one JSON object, and the result file as JSON. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { toJson } from '../../domain/printable.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { findValue } from '../options/find-value.ts';
import { type OptionValues, readText, readWord } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { isLongName } from '../options/options.ts';
import type { Io } from '../terminal/io.ts';
import { sayWarning } from './say-error.ts';

export interface Output {
  /** Writes the result once. The text is made only where it is shown. */
  write(result: object, toText: () => string): void;
  /** `none`: standard output is for something else. */
  readonly format: 'text' | 'json' | 'none';
}

/** What is done about a file that cannot be written, by the code of the error. It may throw. */
export type OnUnwritable = (option: string, code: string) => void;

/** @throws {InvalidInputError} when the result file cannot be written, by default: that is said before anything is touched. */
export function openOutput(io: Io, optionValues: OptionValues, onUnwritable: OnUnwritable = refuse): Output {
  const format = readWord(optionValues, 'output', optionWords.output) ?? defaultFormat(io);
  return createOutput(io, format, findWritable('--result-file', readText(optionValues, 'result-file'), onUnwritable));
}

/** The result file alone. @throws {InvalidInputError} */
export function openResultFile(io: Io, optionValues: OptionValues): Output {
  return createOutput(io, 'none', findWritable('--result-file', readText(optionValues, 'result-file'), refuse));
}

/** For a command line that could not be read: the two options are looked up in its words, as far as they are there. */
export function guessOutput(io: Io): Output {
  const format = findValue(io.argv, '--output') ?? findValue(io.argv, '--format');
  const file = findValue(io.argv, '--result-file');
  const isOpen = file !== undefined && findObstacle(file) === undefined;
  const named = format === 'text' || format === 'json' ? format : defaultFormat(io);
  return createOutput(io, isLongName(io.argv[0]) ? 'none' : named, isOpen ? file : undefined);
}

function createOutput(io: Io, format: Output['format'], file: string | undefined): Output {
  return {
    format,
    write(result, toText) {
      const json = `${toJson(result, 2)}\n`;
      if (format !== 'none') io.stdout.write(format === 'json' ? json : toText());
      if (file === undefined) return;
      try {
        writePrivately(file, json);
      } catch (error) {
        sayWarning(io, `the result file could not be written (${(error as NodeJS.ErrnoException).code})`);
      }
    },
  };
}

function defaultFormat({ stdout }: Io): 'text' | 'json' {
  return stdout.isTTY === true ? 'text' : 'json';
}

/** @throws {InvalidInputError} */
export const refuse: OnUnwritable = (option, code) => {
  throw new InvalidInputError(`${option} cannot be written (${code})`);
};

/** The file, where it can be written; undefined where none is named, or it cannot and that was no reason to throw. */
export function findWritable(option: string, file: string | undefined, onUnwritable: OnUnwritable): string | undefined {
  if (file === undefined) return undefined;
  const code = findObstacle(file);
  if (code === undefined) return file;
  onUnwritable(option, code);
  return undefined;
}

/** A new file is for its user alone; one that is there already keeps the mode that its user gave it. */
export function writePrivately(file: string, text: string): void {
  writeFileSync(file, text, { mode: privateMode });
}

const privateMode = 0o600;

/** The error code with which a file cannot be opened for writing, if so. */
function findObstacle(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'a', privateMode));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}
