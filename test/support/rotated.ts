/** What tests of rotations look at when one has ended. */
import type { RotationWorld, Told } from './rotation-world.ts';

export const done = ['done', 'done', 'done', 'done'];

export function show({ labels, taken, inForce, works }: RotationWorld) {
  return { labels: labels(), taken: taken(), inForce: inForce(), works: works() };
}

/** Of each step its outcome, or why it was refused. */
export function outcomes(told: readonly (Told | null)[]): readonly (string | null)[] {
  return told.map((one) => one && ('refused' in one ? one.refused : one.outcome));
}

/** After a whole rotation to this version. */
export function rotatedTo(name: string, previous = '0') {
  return {
    labels: { [previous]: ['AWSPREVIOUS'], [name]: ['AWSPENDING', 'AWSCURRENT'], canaries: ['cks-canaries'] },
    taken: [name],
    inForce: name,
    works: true,
  };
}
