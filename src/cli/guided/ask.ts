/** The questions of the guided session. A question that is left unanswered ends the session. */

import { wrap } from '../output/render/lines.ts';
import { LeftError, type LineRule, type Offers, type SearchedOffers } from '../terminal/asking/asking.ts';
import { openAsking } from '../terminal/asking/open-asking.ts';
import type { Io } from '../terminal/io.ts';

/** All but `say` throw LeftError. */
export interface Ask {
  yesNo(question: string): Promise<boolean>;
  pick<W extends string>(question: string, offers: Offers<W>, first?: W): Promise<W>;
  search<W extends string>(question: string, offers: SearchedOffers<W>): Promise<W>;
  line(question: string, rule?: LineRule): Promise<string>;
  unseen(question: string, rule?: LineRule): Promise<string>;
  /** Waits for what is looked up. */
  wait<T>(work: Promise<T>): Promise<T>;
  say(text: string): void;
}

export async function openAsk(io: Io, signal: AbortSignal): Promise<Ask> {
  const asking = await openAsking(io, signal);
  const leave = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new LeftError()));
  });
  leave.catch(() => undefined);
  return {
    yesNo: async (...words) => answered(await asking.yesNo(...words)),
    pick: async (...words) => answered(await asking.pick(...words)),
    search: async (...words) => answered(await asking.search(...words)),
    line: async (...words) => answered(await asking.line(...words)),
    unseen: async (...words) => answered(await asking.unseen(...words)),
    wait: (work) => Promise.race([work, leave]),
    say: (text) => io.stderr.write(`${wrap(text)}\n`),
  };
}

function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw new LeftError();
  return answer;
}
