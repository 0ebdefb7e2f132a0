/** Questions for a terminal that can move its cursor. What is typed is judged with every key. */
import { styleText } from 'node:util';
import { isCancel, PasswordPrompt, TextPrompt } from '@clack/core';
import { autocomplete, select, symbol } from '@clack/prompts';
import type { Io, Out } from '../io.ts';
import { type Keyboard, openKeyboard } from '../keyboard.ts';
import { type Asking, findOffers, type LineRule, readYesNo } from './asking.ts';
import { fitOutput } from './fit.ts';

interface Common {
  readonly input: Keyboard['input'];
  readonly output: Out;
  readonly signal: AbortSignal;
  readonly withGuide: false;
}

export function createRichAsking(io: Io, signal: AbortSignal): Asking {
  const ask = async <T>(question: (common: Common) => Promise<T>) => {
    const answer = await askOnce(io, signal, question);
    return isCancel(answer) ? undefined : (answer as Exclude<T, symbol>);
  };
  const line: Asking['line'] = (message, { start, judge } = {}) =>
    ask((common) =>
      new TextPrompt({
        ...common,
        ...(start === undefined ? {} : { initialValue: start }),
        ...validateBy(judge),
        render() {
          return draw(this, message, this.userInputWithCursor, judge);
        },
      }).prompt(),
    );
  return {
    line,
    // The library's own question takes the key alone for the answer.
    async yesNo(message) {
      const answer = await line(`${message} y or n [n]`, { judge: judgeYesNo });
      return answer === undefined ? undefined : readYesNo(answer);
    },
    async pick(message, offers, first) {
      const options = offers.map(([value, label]) => ({ value: value as string, label }));
      const initial = first === undefined ? {} : { initialValue: first as string };
      const answer = await ask((common) => select({ ...common, ...initial, message, options }));
      return offers.find(([word]) => word === answer)?.[0];
    },
    async search(message, offers) {
      const options = offers.map(([value, label]) => ({ value: value as string, label }));
      const filter = (text: string, { value }: { readonly value: string }) =>
        findOffers(offers, text).some(([word]) => word === value);
      const validate = (value: unknown) => (value === undefined ? 'Nothing has that name.' : undefined);
      const answer = await ask((common) => autocomplete({ ...common, message, options, filter, validate }));
      return offers.find(([word]) => word === answer)?.[0];
    },
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

const judgeYesNo = (text: string) => (readYesNo(text) === undefined ? 'y or n, please.' : undefined);

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
  const keyboard = await openKeyboard(io, signal, () => own.abort());
  try {
    return await question({ input: keyboard.input, output: fitOutput(io), signal: own.signal, withGuide: false });
  } finally {
    keyboard.close();
  }
}
