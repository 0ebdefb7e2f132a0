/** Which way of asking fits the terminal. */
import { toPrintable } from '../../../domain/printable.ts';
import type { Io } from '../io.ts';
import type { Asking } from './asking.ts';

/** Every question of what is returned ends early when the signal aborts. */
export async function openAsking(io: Io, signal: AbortSignal): Promise<Asking> {
  if (isDumb(io)) return makePrintable((await import('./plain.ts')).createPlainAsking(io, signal));
  return makePrintable((await import('./rich.ts')).createRichAsking(io, signal));
}

/** What a question is drawn with moves the cursor, so its texts are made printable before. */
function makePrintable({ yesNo, pick, search, line, unseen }: Asking): Asking {
  const show = toPrintable;
  return {
    yesNo: (question) => yesNo(show(question)),
    pick: (question, offers, first) =>
      pick(
        show(question),
        offers.map(([word, label]) => [word, show(label)]),
        first,
      ),
    search: (question, offers) =>
      search(
        show(question),
        offers.map(([word, label, names]) => [word, show(label), names]),
      ),
    line: (question, { start, ...rule } = {}) =>
      line(show(question), { ...rule, ...(start === undefined || start !== show(start) ? {} : { start }) }),
    unseen: (question, rule) => unseen(show(question), rule),
  };
}

/** A terminal that can only write one line below the other. */
export function isDumb({ env }: Pick<Io, 'env'>): boolean {
  return env.TERM === 'dumb';
}
