/** Questions for a terminal that can move its cursor. What is typed is judged with every key. */
import { styleText } from 'node:util';
import { isCancel, PasswordPrompt, TextPrompt } from '@clack/core';
import { confirm, select, symbol } from '@clack/prompts';
import type { Io, Out } from '../io.ts';
import { openKeyboard } from '../keyboard.ts';
import type { Asking, LineRule } from './asking.ts';
import { fitOutput } from './fit.ts';

interface Common {
  readonly input: ReturnType<typeof openKeyboard>['input'];
  readonly output: Out;
  readonly signal: AbortSignal;
  readonly withGuide: false;
}

export function createRichAsking(io: Io, signal: AbortSignal): Asking {
  const ask = async <T>(question: (common: Common) => Promise<T>) => {
    const answer = await askOnce(io, signal, question);
    return isCancel(answer) ? undefined : (answer as Exclude<T, symbol>);
  };
  return {
    yesNo: (message) => ask((common) => confirm({ ...common, message, initialValue: false })),
    async pick(message, offers, first) {
      const options = offers.map(([value, label]) => ({ value: value as string, label }));
      const initial = first === undefined ? {} : { initialValue: first as string };
      const answer = await ask((common) => select({ ...common, ...initial, message, options }));
      return offers.find(([word]) => word === answer)?.[0];
    },
    line: (message, { start, judge } = {}) =>
      ask((common) =>
        new TextPrompt({
          ...common,
          ...(start === undefined ? {} : { initialValue: start }),
          ...validateBy(judge),
          render() {
            return draw(this, message, this.userInputWithCursor, judge);
          },
        }).prompt(),
      ),
    unseen: (message, { judge } = {}) =>
      ask((common) =>
        new PasswordPrompt({
          ...common,
          ...validateBy(judge),
          render() {
            return draw(this, message, this.userInputWithCursor, judge);
          },
        }).prompt(),
      ),
  };
}

const validateBy = (judge: LineRule['judge']) =>
  judge ? { validate: (text: string | undefined) => judge(text ?? '') } : {};

/** The question, what was typed, and below it what is wrong with that so far. */
function draw(
  { state, error, userInput }: Pick<TextPrompt, 'state' | 'error' | 'userInput'>,
  message: string,
  typed: string,
  judge: LineRule['judge'],
): string {
  const head = `${symbol(state)}  ${message}\n`;
  if (state === 'submit' || state === 'cancel') return `${head}${styleText('dim', typed)}`;
  const hint = userInput === '' ? '' : (judge?.(userInput) ?? '');
  const below = state === 'error' ? styleText('yellow', error) : styleText('dim', hint);
  return `${head}${typed}\n${below}\n`;
}

/** The library goes on listening to a signal after the answer, and writes when it aborts: so each question has its own. */
async function askOnce<T>(io: Io, signal: AbortSignal, question: (common: Common) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const stop = () => own.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const keyboard = openKeyboard(io, stop);
  const output = fitOutput(io);
  try {
    return await question({ input: keyboard.input, output, signal: own.signal, withGuide: false });
  } finally {
    keyboard.close();
    signal.removeEventListener('abort', stop);
  }
}
