/** What a proof says, and of how many keys. */
import type { Proof } from '../../domain/proof.ts';
import { wrap } from './lines.ts';

/** `proven, 3 of 12 keys` */
export function describeProof({ status, passed = 0, keys, detail }: Proof): string {
  const isWhole = status === 'proven' || status === 'early';
  const counted = keys ? [`${passed} of ${keys} ${keys === 1 ? 'key' : 'keys'}`] : passed > 0 ? [`${passed} keys`] : [];
  const tried = passed > 0 || !isWhole ? counted : [];
  const why = detail === undefined || (isWhole && passed > 0) ? [] : [`(${detail})`];
  return [`${status}${tried.length > 0 ? ',' : ''}`, ...tried, ...why].join(' ');
}

export function renderExposure({ exposure }: Proof): string[] {
  if (!exposure) return [];
  const { since, seenAt, keysUsed } = exposure;
  const used = keysUsed.length === 0 ? 'none of those tried was used successfully' : `used: ${keysUsed.join(', ')}`;
  return [wrap(`other key material was in use from ${since} to ${seenAt} at least; ${used}`, '  ')];
}
