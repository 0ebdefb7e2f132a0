/** How far the keys are proven, and what was met that is not them. */
import type { Proof } from '../../domain/proof.ts';
import { wrap } from './lines.ts';

/** `3 of 12 keys` */
export function tellProof({ passed = 0, canaries = 0, keys }: Proof): string {
  const all = keys ?? canaries;
  return `${passed} of ${all} ${all === 1 ? 'key' : 'keys'}`;
}

/** `proof: proven, 3 of 12 keys` */
export function describeProof(proof: Proof): string {
  const { status, canaries, detail } = proof;
  if (canaries) return `proof: ${status}, ${tellProof(proof)}`;
  return `proof: ${status}${detail === undefined ? '' : ` (${detail})`}`;
}

export function renderExposure({ exposure }: Proof): string[] {
  if (!exposure) return [];
  const { since, seenAt, keysUsed } = exposure;
  const used = keysUsed.length === 0 ? 'none of those tried was used successfully' : `used: ${keysUsed.join(', ')}`;
  return [wrap(`other key material was in use from ${since} to ${seenAt} at least; ${used}`, '  ')];
}
