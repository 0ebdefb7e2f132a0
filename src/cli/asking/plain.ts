/** Questions for a terminal that can only write one line below the other: choices have numbers, and Enter ends a line. */
import type { Io } from '../io.ts';
import { openKeyboard } from '../keyboard.ts';
import { wrap } from '../render/lines.ts';
import type { Asking, LineRule, Offers } from './asking.ts';

export function createPlainAsking(io: Io, signal: AbortSignal): Asking {
  const say = (text: string) => io.stderr.write(`${text}\n`);

  /** Asks until the answer can be read; `read` says what is wrong with one that cannot. */
  async function ask<T>(
    question: string,
    read: (text: string) => { readonly answer: T } | { readonly problem: string },
    isSeen = true,
  ): Promise<T | undefined> {
    for (;;) {
      const text = await readLine(io, signal, wrap(question), isSeen);
      if (text === undefined) {
        say('');
        return undefined;
      }
      const taken = read(text);
      if ('answer' in taken) return taken.answer;
      say(wrap(taken.problem));
    }
  }

  const readBy = (rule: LineRule) => (text: string) => {
    const answer = text === '' ? (rule.start ?? '') : text;
    const problem = rule.judge?.(answer);
    return problem === undefined ? { answer } : { problem };
  };

  return {
    yesNo: (question) => ask(`${question} y or n [n]:`, readYesNo),
    pick(question, offers, first) {
      say(wrap(question));
      for (const [at, [, label]] of offers.entries()) say(`${String(at + 1).padStart(3)}  ${label}`);
      const at = offers.findIndex(([word]) => word === first);
      return ask(`Number${at < 0 ? '' : ` [${at + 1}]`}:`, readNumber(offers, first));
    },
    line: (question, rule = {}) =>
      ask(rule.start === undefined ? `${question}:` : `${question} [${rule.start}]:`, readBy(rule)),
    unseen: (question, rule = {}) => ask(`${question} (not shown):`, readBy(rule), false),
  };
}

function readYesNo(text: string) {
  if (/^y(es)?$/i.test(text)) return { answer: true };
  return /^(no?)?$/i.test(text) ? { answer: false } : { problem: 'y or n, please.' };
}

function readNumber<W extends string>(offers: Offers<W>, first: W | undefined) {
  return (text: string) => {
    const answer = text === '' ? first : offers[/^\d+$/.test(text) ? Number(text) - 1 : -1]?.[0];
    return answer === undefined ? { problem: `A number from 1 to ${offers.length}, please.` } : { answer };
  };
}

/** Undefined where the line was broken off. The terminal itself echoes and edits what is seen. */
function readLine(io: Io, signal: AbortSignal, question: string, isSeen: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    let line = '';
    const end = (text?: string) => {
      signal.removeEventListener('abort', stop);
      if (!isSeen) {
        keyboard.input.setRawMode(false);
        io.stderr.write('\n');
      }
      keyboard.close();
      resolve(text);
    };
    const stop = () => end();
    const keyboard = openKeyboard(io, stop);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    // Before the question stands there: whoever answers at once must not be echoed.
    if (!isSeen) keyboard.input.setRawMode(true);
    io.stderr.write(`${question} `);
    keyboard.input.setEncoding('utf8').on('data', (text: string) => {
      for (const key of text) {
        if (key === '\r' || key === '\n') return end(line);
        if (key === '\u0003' || key === '\u0004') return end();
        line = edit(line, key);
      }
    });
  });
}

/** Backspace and Ctrl-U, where the terminal does not do it. */
function edit(line: string, key: string): string {
  if (key === '\u007f' || key === '\b') return [...line].slice(0, -1).join('');
  return key === '\u0015' ? '' : line + key;
}
