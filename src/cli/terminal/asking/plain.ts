/** Questions for a terminal that can only write one line below the other: choices have numbers, and Enter ends a line. */

import { wrap } from '../../output/render/lines.ts';
import type { Io } from '../io.ts';
import { openKeyboard } from '../keyboard.ts';
import { type Asking, findOffers, type LineRule, type Offers, readYesNo, type SearchedOffers } from './asking.ts';

const mostShown = 20;

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

  /** A list that is longer than a screen would push its question off it. */
  function showOffers<W extends string>(offers: SearchedOffers<W>, found: SearchedOffers<W>): void {
    if (found.length > mostShown) say(`${found.length} of them: type a part of the name.`);
    else for (const offer of found) say(`${String(offers.indexOf(offer) + 1).padStart(3)}  ${offer[1]}`);
  }

  const readBy = (rule: LineRule) => (text: string) => {
    const answer = text === '' ? (rule.start ?? '') : text;
    const problem = rule.judge?.(answer);
    return problem === undefined ? { answer } : { problem };
  };

  return {
    yesNo: (question) => ask(`${question} y or n [n]:`, takeYesNo),
    pick(question, offers, first) {
      say(wrap(question));
      for (const [at, [, label]] of offers.entries()) say(`${String(at + 1).padStart(3)}  ${label}`);
      const at = offers.findIndex(([word]) => word === first);
      return ask(`Number${at < 0 ? '' : ` [${at + 1}]`}:`, readNumber(offers, first));
    },
    search(question, offers) {
      say(wrap(question));
      showOffers(offers, offers);
      return ask('Number, or a part of the name:', (text) => {
        const found = text.trim() === '' ? [] : findOffers(offers, text);
        const isNumber = /^\d+$/.test(text.trim());
        const [only, ...others] = found;
        if (only && others.length === 0) return { answer: only[0] };
        const numbered = isNumber ? offers[Number(text) - 1] : undefined;
        if (numbered) return { answer: numbered[0] };
        if (only) showOffers(offers, found);
        return { problem: only ? 'More than one has that in its name.' : 'Nothing has that name or number.' };
      });
    },
    line: (question, rule = {}) =>
      ask(rule.start === undefined ? `${question}:` : `${question} [${rule.start}]:`, readBy(rule)),
    unseen: (question, rule = {}) => ask(`${question} (not shown):`, readBy(rule), false),
  };
}

function takeYesNo(text: string) {
  const answer = readYesNo(text);
  return answer === undefined ? { problem: 'y or n, please.' } : { answer };
}

function readNumber<W extends string>(offers: Offers<W>, first: W | undefined) {
  return (text: string) => {
    const answer = text === '' ? first : offers[/^\d+$/.test(text) ? Number(text) - 1 : -1]?.[0];
    return answer === undefined ? { problem: `A number from 1 to ${offers.length}, please.` } : { answer };
  };
}

/** Undefined where the question was not answered. The terminal itself echoes and edits what is seen. */
async function readLine(io: Io, signal: AbortSignal, question: string, isSeen: boolean): Promise<string | undefined> {
  const left = new AbortController();
  const keyboard = await openKeyboard(io, signal, () => left.abort());
  const { input } = keyboard;
  // Before the question stands there: an answer that comes at once must not be echoed.
  input.setRawMode(!isSeen);
  io.stderr.write(`${question} `);
  const text = await new Promise<string | undefined>((resolve) => {
    let line = '';
    if (left.signal.aborted) return resolve(undefined);
    left.signal.addEventListener('abort', () => resolve(undefined));
    input.setEncoding('utf8').on('data', (typed: string) => {
      for (const key of typed) {
        if (key === '\r' || key === '\n') return resolve(line);
        if (key === '\u0003' || key === '\u0004') return resolve(undefined);
        line = edit(line, key);
      }
    });
  });
  keyboard.close();
  if (!isSeen) io.stderr.write('\n');
  return text;
}

/** Backspace and Ctrl-U, where the terminal does not do it. */
function edit(line: string, key: string): string {
  if (key === '\u007f' || key === '\b') return [...line].slice(0, -1).join('');
  return key === '\u0015' ? '' : line + key;
}
