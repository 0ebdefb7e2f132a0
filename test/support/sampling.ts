/**
 * Some tests walk every scenario, every point at which a process may die, or many random courses. `npm test` tries a sample
 * of them, `npm run test:deep` (mode `deep`) all. A hash of its name decides whether something is in the sample, so that
 * neither a new scenario nor a new step elsewhere changes what is tried.
 */
import { createHash } from 'node:crypto';

export const isDeep = process.env.MODE === 'deep';

/** How many random courses are tried. */
export const inDepth = (short: number, deep: number): number => (isDeep ? deep : short);

/**
 * About one in so many, and at least one; all of them in deep mode, or one in `deepOneIn` where all would take hours. `nameOf`
 * tells them apart.
 */
export function sample<T>(
  all: readonly T[],
  shortOneIn: number,
  nameOf: (one: T) => string,
  deepOneIn = 1,
): readonly T[] {
  const oneIn = inDepth(shortOneIn, deepOneIn);
  const hashes = new Map(all.map((one) => [one, hash(nameOf(one))]));
  const hashOf = (one: T) => hashes.get(one) ?? 0;
  const chosen = all.filter((one) => hashOf(one) % oneIn === 0);
  return chosen.length > 0 ? chosen : all.toSorted((one, other) => hashOf(one) - hashOf(other)).slice(0, 1);
}

/** The same for the points of a scenario, each named by its kind and by which of that kind it is. */
export function samplePoints<T extends { readonly kind: string }>(
  scenario: string,
  points: readonly T[],
  oneIn: number,
  deepOneIn = 1,
): readonly T[] {
  const counts = new Map<string, number>();
  const names = new Map(
    points.map((point) => {
      const nth = (counts.get(point.kind) ?? 0) + 1;
      counts.set(point.kind, nth);
      return [point, `${scenario}: ${point.kind} ${nth}`];
    }),
  );
  return sample(points, oneIn, (point) => names.get(point) ?? '', deepOneIn);
}

export function hash(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}
