/** Where results go: standard output as text or as exactly one JSON object, and the result file as JSON. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { InvalidInputError } from '../run/errors.ts';
import { type Given, readText, readWord } from './given.ts';
import type { Io } from './io.ts';
import { optionWords } from './option-words.ts';
import { isLongName } from './options.ts';

export interface Output {
  /** Writes the result once. The text is made only where it is shown. */
  write(result: object, toText: () => string): void;
  /** `none`: standard output is for something else. */
  readonly format: 'text' | 'json' | 'none';
}

/** @throws {InvalidInputError} when the result file cannot be written: that is said before anything is touched. */
export function openOutput(io: Io, given: Given): Output {
  const format = readWord(given, 'output', optionWords.output) ?? defaultFormat(io);
  const file = readText(given, 'result-file');
  if (file !== undefined) requireWritable('--result-file', file);
  return createOutput(io, format, file);
}

/** The result file alone. @throws {InvalidInputError} */
export function openResultFile(io: Io, given: Given): Output {
  const file = readText(given, 'result-file');
  if (file !== undefined) requireWritable('--result-file', file);
  return createOutput(io, 'none', file);
}

/** For a command line that could not be read: the two options are looked up in its words, as far as they are there. */
export function guessOutput(io: Io): Output {
  const format = findValue(io.argv, '--output');
  const file = findValue(io.argv, '--result-file');
  const isOpen = file !== undefined && findObstacle(file) === undefined;
  const isKnown = format === 'text' || format === 'json';
  const shown = isLongName(io.argv[0]) ? 'none' : isKnown ? format : defaultFormat(io);
  return createOutput(io, shown, isOpen ? file : undefined);
}

function createOutput(io: Io, format: Output['format'], file: string | undefined): Output {
  return {
    format,
    write(result, toText) {
      const json = `${JSON.stringify(result, null, 2)}\n`;
      if (format !== 'none') io.stdout.write(format === 'json' ? json : toText());
      if (file === undefined) return;
      try {
        writeFileSync(file, json);
      } catch (error) {
        io.stderr.write(`cks: the result file could not be written (${(error as NodeJS.ErrnoException).code})\n`);
      }
    },
  };
}

function defaultFormat({ stdout }: Io): 'text' | 'json' {
  return stdout.isTTY === true ? 'text' : 'json';
}

/** @throws {InvalidInputError} */
export function requireWritable(option: string, file: string): void {
  const obstacle = findObstacle(file);
  if (obstacle !== undefined) throw new InvalidInputError(`${option} cannot be written (${obstacle})`);
}

/** The error code with which a file cannot be opened for writing, if so. */
function findObstacle(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'a'));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}

function findValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  const value = word?.includes('=') ? word.slice(flag.length + 1) : argv[at + 1];
  return at < 0 || value?.startsWith('--') ? undefined : value;
}
