/** What a proof says, and of how many keys. */
import type { Proof } from '../../domain/proof.ts';
import { wrap } from './lines.ts';

/** `proven, 3 of 12 keys` */
export function describeProof({ status, passed = 0, canaries = 0, keys, detail }: Proof): string {
  const all = keys ?? canaries;
  const counted = canaries > 0 ? `, ${passed} of ${all} ${all === 1 ? 'key' : 'keys'}` : '';
  const isTold = canaries > 0 && (status === 'proven' || status === 'early' || status === 'mismatch');
  return `${status}${counted}${detail === undefined || isTold ? '' : ` (${detail})`}`;
}

export function renderExposure({ exposure }: Proof): string[] {
  if (!exposure) return [];
  const { since, seenAt, keysUsed } = exposure;
  const used = keysUsed.length === 0 ? 'none of those tried was used successfully' : `used: ${keysUsed.join(', ')}`;
  return [wrap(`other key material was in use from ${since} to ${seenAt} at least; ${used}`, '  ')];
}
