/** The two kinds of question, asked on standard error. They end early when the signal aborts. */
import { text as askText, confirm as askYesNo, isCancel } from '@clack/prompts';
import type { Io } from './io.ts';

export interface Questions {
  confirm(question: string): Promise<boolean>;
  /** `empty`: Enter alone. A name that is typed wrong is asked for again. */
  typeName(question: string, name: string, otherwise: string): Promise<'typed' | 'empty' | 'cancelled'>;
}

export function createQuestions(io: Io, signal: AbortSignal): Questions {
  const common = { input: io.stdin, output: io.stderr, signal };
  return {
    async confirm(message) {
      const answer = await askYesNo({ ...common, message, initialValue: false });
      return answer === true;
    },
    async typeName(question, name, otherwise) {
      const answer = await askText({
        ...common,
        message: `${question}\nType ${name} to allow it, or press Enter to ${otherwise}.`,
        validate: (value) => (value && value !== name ? `That is not ${name}.` : undefined),
      });
      if (isCancel(answer)) return 'cancelled';
      return answer === name ? 'typed' : 'empty';
    },
  };
}
