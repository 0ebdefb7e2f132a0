/** The questions of a run, asked on standard error. They end early when the signal aborts. */
import { InvalidInputError } from '../../run/errors.ts';
import { wrap } from '../output/render/lines.ts';
import { LeftError, type Offers } from './asking/asking.ts';
import { openAsking } from './asking/open-asking.ts';
import type { Io } from './io.ts';

export interface Questions {
  /** `explanation` stands above the question. Undefined where it was left without an answer. */
  confirm(question: string, explanation?: string): Promise<boolean | undefined>;
  /** Undefined where the question was not answered. */
  choose<W extends string>(question: string, offers: Offers<W>): Promise<W | undefined>;
  /** `empty`: Enter alone. A name that is typed wrong is asked for again. */
  typeName(name: string, otherwise: string, explanation: string): Promise<'typed' | 'empty' | 'cancelled'>;
}

export function createQuestions(io: Io, signal: AbortSignal): Questions {
  const asking = openAsking(io, signal);
  const explain = (text: string) => io.stderr.write(`${wrap(text)}\n`);
  return {
    async confirm(question, explanation) {
      if (explanation !== undefined) explain(explanation);
      return (await asking).yesNo(question);
    },
    choose: async (question, offers) => (await asking).pick(question, offers),
    async typeName(name, otherwise, explanation) {
      explain(explanation);
      const question = `Type ${name} to confirm, or press Enter to ${otherwise}`;
      const judge = (text: string) => (text === '' || text === name ? undefined : `That is not ${name}.`);
      const answer = await (await asking).line(question, { judge });
      if (answer === undefined) return 'cancelled';
      return answer === name ? 'typed' : 'empty';
    },
  };
}

/** Asks for a secret without showing it. @throws {LeftError} @throws {InvalidInputError} where none was given */
export function createSecretQuestion(
  io: Io,
  signal: AbortSignal,
  phrase = (what: string) => `The secret of ${what} cannot be read any more. Enter it:`,
): (what: string) => Promise<string> {
  return async (what) => {
    const answer = await (await openAsking(io, signal)).unseen(phrase(what));
    if (answer === undefined) throw new LeftError();
    if (answer === '') throw new InvalidInputError(`the secret of ${what} is still needed`);
    return answer;
  };
}
