/**
 * `npm run test:whole` tries every point. `npm test` has minutes, so it takes a part of them: a stable hash of what a point
 * is called decides, so that neither a new scenario nor a new step elsewhere changes which points are tried.
 */
import { createHash } from 'node:crypto';

export const isWhole = process.env.MODE === 'whole';

/** About one in so many, chosen by name; all of them in whole mode. */
export function takePart<T>(all: readonly T[], oneIn: number, nameOf: (one: T) => string): readonly T[] {
  return isWhole ? all : all.filter((one) => isChosen(nameOf(one), oneIn));
}

export function isChosen(name: string, oneIn: number): boolean {
  return hash(name) % oneIn === 0;
}

/** The same for the points of a scenario, each named by its kind and by which of that kind it is. */
export function takePoints<T extends { readonly kind: string }>(
  scenario: string,
  points: readonly T[],
  oneIn: number,
): readonly T[] {
  const names = new Map<T, string>();
  const counts = new Map<string, number>();
  for (const point of points) {
    const nth = (counts.get(point.kind) ?? 0) + 1;
    counts.set(point.kind, nth);
    names.set(point, `${scenario}: ${point.kind} ${nth}`);
  }
  return takePart(points, oneIn, (point) => names.get(point) ?? '');
}

export function hash(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}
