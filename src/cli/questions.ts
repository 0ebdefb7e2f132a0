/** The kinds of question, asked on standard error. They end early when the signal aborts. */
import { password as askSecret, text as askText, confirm as askYesNo, isCancel, select } from '@clack/prompts';
import { InvalidInputError } from '../run/errors.ts';
import type { Io } from './io.ts';
import { openKeyboard } from './keyboard.ts';
import { wrap } from './render/lines.ts';

type Common = Pick<Parameters<typeof askText>[0], 'input' | 'output' | 'signal' | 'withGuide'>;

export interface Questions {
  /** `explanation` stands above the question. */
  confirm(question: string, explanation?: string): Promise<boolean>;
  /** Undefined where the question was ended without an answer. */
  choose<W extends string>(
    question: string,
    offers: readonly (readonly [word: W, label: string])[],
  ): Promise<W | undefined>;
  /** `empty`: Enter alone. A name that is typed wrong is asked for again. */
  typeName(name: string, otherwise: string, explanation: string): Promise<'typed' | 'empty' | 'cancelled'>;
}

export function createQuestions(io: Io, signal: AbortSignal): Questions {
  const explain = (text: string) => io.stderr.write(`${wrap(text)}\n`);

  const ask = <T>(question: (common: Common) => Promise<T>) => askOnce(io, signal, question);

  return {
    async confirm(message, explanation) {
      if (explanation !== undefined) explain(explanation);
      return (await ask((common) => askYesNo({ ...common, message, initialValue: false }))) === true;
    },
    async choose<W extends string>(message: string, offers: readonly (readonly [word: W, label: string])[]) {
      const options = offers.map(([value, label]) => ({ value: value as string, label }));
      const answer = await ask((common) => select({ ...common, message, options }));
      return offers.find(([word]) => word === answer)?.[0];
    },
    async typeName(name, otherwise, explanation) {
      explain(explanation);
      const message = `Type ${name} to allow that, or press Enter to ${otherwise}`;
      const validate = (value: string | undefined) => (value && value !== name ? `That is not ${name}.` : undefined);
      const answer = await ask((common) => askText({ ...common, message, validate }));
      if (isCancel(answer)) return 'cancelled';
      return answer === name ? 'typed' : 'empty';
    },
  };
}

/** The library goes on listening to a signal after the answer, and writes when it aborts: so each question has its own. */
async function askOnce<T>(io: Io, signal: AbortSignal, question: (common: Common) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const stop = () => own.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const keyboard = openKeyboard(io, stop);
  try {
    return await question({ input: keyboard.input, output: io.stderr, signal: own.signal, withGuide: false });
  } finally {
    keyboard.close();
    signal.removeEventListener('abort', stop);
  }
}

/** Asks for a secret without showing it. @throws {InvalidInputError} where none was given */
export function createSecretQuestion(
  io: Io,
  signal: AbortSignal,
  phrase = (what: string) => `The secret of ${what} is not where it was. What is it?`,
): (what: string) => Promise<string> {
  return async (what) => {
    const message = phrase(what);
    const answer = await askOnce(io, signal, (common) => askSecret({ ...common, message }));
    if (isCancel(answer) || answer === '') throw new InvalidInputError(`the secret of ${what} is still needed`);
    return answer;
  };
}
