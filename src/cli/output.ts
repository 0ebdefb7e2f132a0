/** Where the answer of a command goes: one object or a few lines on standard output, the same object into a file. */
import { writeFile } from 'node:fs/promises';
import type { Options } from './arguments.ts';
import type { Told } from './errors.ts';
import type { Io } from './io.ts';

export interface Output {
  readonly format: 'text' | 'json';
  /** The answer, once. */
  answer(object: object, text: string): Promise<void>;
  /** What went wrong, in lines on standard error; with json also as the one object. */
  fail(told: Told): Promise<void>;
  /** A line on standard error. */
  say(line: string): void;
}

export function createOutput(io: Io, options: Options): Output {
  const format = (options.output as 'text' | 'json' | undefined) ?? (io.isStdoutTerminal ? 'text' : 'json');
  const file = options.resultFile as string | undefined;
  const say = (line: string) => {
    io.stderr.write(`${line}\n`);
  };

  const answer = async (object: object, text: string) => {
    const json = `${JSON.stringify(object, null, 2)}\n`;
    io.stdout.write(format === 'json' ? json : `${text}\n`);
    if (file === undefined) return;
    await writeFile(file, json, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      say(`cks: the result could not be written to ${file} (${error.code ?? 'unknown error'})`);
    });
  };

  return {
    format,
    say,
    answer,
    async fail({ exitCode: _, remaining, ...reason }) {
      for (const line of describeTold({ ...reason, ...(remaining ? { remaining } : {}) })) say(line);
      const object = { outcome: null, reason, ...(remaining ? { remaining } : {}) };
      if (format === 'json') await answer(object, '');
    },
  };
}

/** `cks: what happened`, then why and what to do next. */
export function describeTold({ message, cause, remedy, remaining = [] }: Omit<Told, 'exitCode'>): string[] {
  return [
    `cks: ${message}`,
    ...(cause ? [`  cause: ${cause}`] : []),
    ...(remedy ? [`  next:  ${remedy}`] : []),
    ...remaining.map((command) => `  $ ${command}`),
  ];
}
