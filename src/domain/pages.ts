/** Turns the pages of a list, and ends where a service never does. */

/** The name is the code of the failure that it becomes. */
export class EndlessPagesError extends Error {
  override readonly name = 'ENDLESS_PAGES';
}

/** 1,000 entries a page make a million: more than any list that is read here holds. */
const mostPages = 1_000;

export interface Pages<M> {
  /** Where to begin; default: at the beginning. */
  readonly first?: M | undefined;
  readonly most?: number;
}

/**
 * `read`: reads the page at a marker and returns the marker of the next one; undefined: that was the last.
 *
 * @throws {EndlessPagesError} at a marker that came before, and beyond the most pages.
 */
export async function turnPages<M>(
  read: (marker: M | undefined) => Promise<M | undefined>,
  { first, most = mostPages }: Pages<M> = {},
): Promise<void> {
  const known = new Set<string>(first === undefined ? [] : [JSON.stringify(first)]);
  let marker = first;
  for (let page = 1; ; page += 1) {
    marker = await read(marker);
    if (marker === undefined) return;
    const text = JSON.stringify(marker);
    if (known.has(text)) throw new EndlessPagesError('the list has no end: the marker of its next page came before');
    if (page >= most) throw new EndlessPagesError(`the list has no end: there is a next page after ${most} pages`);
    known.add(text);
  }
}
