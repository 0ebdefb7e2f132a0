/** How a person is asked: five kinds of question, each with one answer, or undefined where it was ended without one. */
export interface Asking {
  /** A word and Enter; Enter alone is no. */
  yesNo(question: string): Promise<boolean | undefined>;
  /** `first`: the offer that Enter alone takes. */
  pick<W extends string>(question: string, offers: Offers<W>, first?: W): Promise<W | undefined>;
  /** For many offers: what is typed narrows them, and one that was not found is never taken. */
  search<W extends string>(question: string, offers: SearchedOffers<W>): Promise<W | undefined>;
  line(question: string, rule?: LineRule): Promise<string | undefined>;
  /** What is typed is not shown. */
  unseen(question: string, rule?: Pick<LineRule, 'judge'>): Promise<string | undefined>;
}

/** A question was left without an answer, and nothing was changed. */
export class LeftError extends Error {
  override readonly name = 'LeftError';

  constructor() {
    super('cancelled; nothing was changed');
  }
}

export type Offers<W extends string> = readonly (readonly [word: W, label: string])[];

/** `names`: what the offer is also found by, in full or in part. */
export type SearchedOffers<W extends string> = readonly (readonly [word: W, label: string, names: readonly string[]])[];

/** Those with exactly this name, else those of which the text is a part. */
export function findOffers<W extends string>(offers: SearchedOffers<W>, text: string): SearchedOffers<W> {
  const sought = text.trim().toLowerCase();
  const wordsOf = ([, label, names]: SearchedOffers<W>[number]) => [...names, label].map((word) => word.toLowerCase());
  const exact = offers.filter((offer) => wordsOf(offer).includes(sought));
  return exact.length > 0 ? exact : offers.filter((offer) => wordsOf(offer).some((word) => word.includes(sought)));
}

export interface LineRule {
  /** Stands there at first. */
  readonly start?: string;
  /** What is wrong with a text, if anything is: it is not taken then. */
  readonly judge?: (text: string) => string | undefined;
}

/** The answer to a yes-no question; undefined where it is neither. */
export function readYesNo(text: string): boolean | undefined {
  if (/^y(es)?$/i.test(text)) return true;
  return /^(no?)?$/i.test(text) ? false : undefined;
}
