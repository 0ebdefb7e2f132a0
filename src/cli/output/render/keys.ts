/** What cks found out about keys: whether they still decrypt old data, and whether they work now. */
import { formatAge } from '../../../domain/duration.ts';
import { describeWorking, type KeyTest } from '../../../domain/key-test.ts';
import type { KeyVerification } from '../../../domain/key-verification.ts';
import type { RunResult } from '../../../domain/outcome.ts';
import type { Row } from './lines.ts';

/** `2 of 2`, `2 of 2 so far (stopped early)`, `no: there is no canary` */
export function describeKeyVerification({ status, passed = 0, canaries = 0, keys, detail }: KeyVerification): string {
  const counted = `${passed} of ${keys ?? canaries}`;
  const why = detail === undefined ? '' : `: ${detail}`;
  if (status === 'mismatch') return `${canaries - passed} of ${canaries} FAILED to decrypt${why}`;
  if (status === 'unverified') return `no${why}`;
  if (status === 'inconclusive') return `unknown${why}`;
  if (status === 'verified' && canaries === 0) return `nothing to verify${why}`;
  if (status === 'early') return `${counted} so far (stopped early)`;
  return status === 'partial' ? `only ${counted}${why}` : counted;
}

/** `yes, 2 of 2 tested` */
export function describeKeyTest(keyTest: KeyTest): string {
  const { keys, passed, detail } = keyTest;
  const counted = keys.length > 0 ? `, ${passed} of ${keys.length} tested` : '';
  return `${describeWorking(keyTest)}${counted}${detail === undefined ? '' : `: ${detail}`}`;
}

const badMarks: Readonly<Record<string, '✗' | '!'>> = { mismatch: '✗', failing: '✗', unknown: '!' };

/** Of a result. Nothing is said of keys that a run had no reason to look at. */
export function keyRows({ outcome, keyVerification, keyTest, endedAt }: RunResult): Row[] {
  const { status, exposure, isRequired } = keyVerification;
  const isShown = outcome === 'updated' || exposure !== undefined || keyVerification.oldestVerifiedAt !== undefined;
  const isGood = status === 'verified' || (status === 'unverified' && !isRequired);
  return [
    ...(isShown
      ? [
          {
            mark: isGood ? undefined : (badMarks[status] ?? '!'),
            label: 'Keys verified',
            text: `${describeKeyVerification(keyVerification)}${describeAge(keyVerification, endedAt)}`,
          } as const,
        ]
      : []),
    ...(keyTest.status === 'untested'
      ? []
      : [
          {
            mark: badMarks[keyTest.status],
            label: 'Keys work now',
            text: describeKeyTest(keyTest),
          } as const,
        ]),
    ...exposureRow(keyVerification),
  ];
}

/** How old the oldest ciphertext is that decrypted: cks verified no older one. */
function describeAge({ oldestVerifiedAt }: KeyVerification, endedAt: string): string {
  if (oldestVerifiedAt === undefined) return '';
  const ageMs = Date.parse(endedAt) - Date.parse(oldestVerifiedAt);
  return `; the oldest verified ciphertext is ${formatAge(ageMs)} old`;
}

function exposureRow({ exposure }: KeyVerification): Row[] {
  if (!exposure) return [];
  const { since, seenAt, keysUsed } = exposure;
  const used =
    keysUsed.length === 0
      ? 'KMS had recorded no use of the keys that cks tried by then; later uses are not known.'
      : `Keys used by then: ${keysUsed.join(', ')}. Data encrypted then must be re-encrypted.`;
  const text = `From ${since} to ${seenAt} at least, the store used different key material. ${used}`;
  return [{ mark: '✗', label: 'Exposure', text }];
}
