/**
 * `npm run test:whole` walks every way to its end. `npm test` has minutes, so of the longest walks it takes an even part,
 * another one for each of them, and what is of a kind that no walk has met yet: together they still meet every kind of
 * moment. Of what is held against the AWS CLI, whose start takes most of a second, it takes an example of each kind.
 */
export const isWhole = process.env.MODE === 'whole';

/** Every nth of them, beginning with another one for each walk. */
export function takePart<T>(all: readonly T[], nth: number, walk: number): readonly T[] {
  return isWhole ? all : all.filter((_, at) => (at + walk) % nth === 0);
}

/** Takes every nth of each walk too, and the first of each kind, in whichever walk it comes. */
export function createTaker(nth: number) {
  const met = new Set<string>();
  return <T extends { readonly kind: string }>(all: readonly T[], walk: number): readonly T[] => {
    const part = new Set(takePart(all, nth, walk));
    return all.filter((one) => {
      if (!part.has(one) && met.has(one.kind)) return false;
      met.add(one.kind);
      return true;
    });
  };
}
