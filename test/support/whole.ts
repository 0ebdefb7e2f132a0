/**
 * `npm run test:whole` walks every way to its end. `npm test` has minutes, so of the longest walks it takes an even part,
 * another one for each of them: together they still meet every kind of moment. Of what is held against the AWS CLI, whose
 * start takes most of a second, it takes an example of each kind.
 */
export const isWhole = process.env.MODE === 'whole';

/** Every nth of them, beginning with another one for each walk. */
export function takePart<T>(all: readonly T[], nth: number, walk: number): readonly T[] {
  return isWhole ? all : all.filter((_, at) => (at + walk) % nth === 0);
}
