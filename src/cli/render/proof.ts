/** What was found out about the keys: whether they are the same, and whether they work now. */
import { formatDuration } from '../../domain/duration.ts';
import { describeWorking, type KeyTest } from '../../domain/key-test.ts';
import type { KeyVerification } from '../../domain/key-verification.ts';
import { wrap } from './lines.ts';

/** `proven, 3 of 12 keys` */
export function describeKeyVerification({ status, passed = 0, canaries = 0, keys, detail }: KeyVerification): string {
  const all = keys ?? canaries;
  const counted = canaries > 0 ? `, ${passed} of ${all} ${all === 1 ? 'key' : 'keys'}` : '';
  const isTold = canaries > 0 && (status === 'verified' || status === 'early' || status === 'mismatch');
  return `${status}${counted}${detail === undefined || isTold ? '' : ` (${detail})`}`;
}

const dayMs = 24 * 3_600_000;

/** `works now: yes, 2 of 2 keys tested` */
export function describeKeyTest(keyTest: KeyTest): string {
  const { keys, passed, detail } = keyTest;
  const counted = keys.length > 0 ? `, ${passed} of ${keys.length} ${keys.length === 1 ? 'key' : 'keys'} tested` : '';
  return `works now: ${describeWorking(keyTest)}${counted}${detail === undefined ? '' : ` (${detail})`}`;
}

/** Says how old the oldest ciphertext is that decrypted. Older ciphertext was not verified. */
export function describeAge({ oldestVerifiedAt }: KeyVerification, endedAt: string): string | undefined {
  if (oldestVerifiedAt === undefined) return undefined;
  const ageMs = Date.parse(endedAt) - Date.parse(oldestVerifiedAt);
  return `oldest verified ciphertext: ${ageMs < 2 * dayMs ? formatDuration(ageMs) : `${Math.floor(ageMs / dayMs)} days`} old`;
}

export function renderExposure({ exposure }: KeyVerification): string[] {
  if (!exposure) return [];
  const { since, seenAt, keysUsed } = exposure;
  const used = keysUsed.length === 0 ? 'none of those tried was used successfully' : `used: ${keysUsed.join(', ')}`;
  return [wrap(`other key material was in use from ${since} to ${seenAt} at least; ${used}`, '  ')];
}
