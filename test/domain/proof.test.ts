import { describe, expect, it } from 'vitest';
import { type Canary, judgeTrial, type ProofTerms, type Trial } from '../../src/domain/proof.ts';

const arn = (id: string) => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const canary: Canary = { keyId: arn('1'), ciphertext: 'AA==', sha256: '0', encryptionContext: {}, encryptedAtMs: 0 };
const sinceMs = Date.UTC(2026, 0, 1);
const at = (seconds: number) => sinceMs + seconds * 1_000;

/** Two canaries of three keys; the rounds began with the new settings. */
function judge(
  trial: Partial<Trial>,
  afterSeconds: number,
  { stop = false, ...terms }: Partial<ProofTerms> & { stop?: boolean } = {},
) {
  const all = {
    preparation: { canaries: [canary, canary], keys: 3 },
    sinceMs,
    dwellUntilMs: null,
    countsFromMs: 0,
    ...terms,
  };
  return judgeTrial({ passed: 0, unanswered: 0, lost: [], ...trial }, all, sinceMs, at(afterSeconds), stop);
}

const passed = { passed: 2 };
const silent = { unanswered: 2, detail: 'throttled' };
const half = { passed: 1, unanswered: 1 };
const dwelling = { dwellUntilMs: at(300) };

describe('a round of canaries', () => {
  it.each<[string, ReturnType<typeof judge>, object]>([
    ['proves where all pass', judge(passed, 0), { status: 'proven', passed: 2, canaries: 2, keys: 3 }],
    ['is repeated while some give no answer', judge(half, 0), { againAtMs: at(2) }],
    [
      'is partial when a minute brought no more',
      judge(half, 60),
      { status: 'partial', passed: 1, canaries: 2, keys: 3 },
    ],
    [
      'is partial at once after a stop',
      judge(half, 0, { stop: true }),
      { status: 'partial', passed: 1, canaries: 2, keys: 3 },
    ],
    [
      'is inconclusive when none gave an answer',
      judge(silent, 60),
      { status: 'inconclusive', passed: 0, canaries: 2, keys: 3, detail: 'throttled' },
    ],
    [
      'does not count before the outage is known to every host of KMS, if no key was observed to fail',
      judge(passed, 0, { countsFromMs: at(300) }),
      { againAtMs: at(10) },
    ],
    [
      'is inconclusive when a stop ends the time in which it does not count',
      judge(passed, 0, { countsFromMs: at(300), stop: true }),
      { status: 'inconclusive', passed: 2, canaries: 2, keys: 3 },
    ],
    ['is repeated through the dwell', judge(passed, 0, dwelling), { againAtMs: at(10) }],
    ['is repeated at the end of the dwell', judge(passed, 295, dwelling), { againAtMs: at(300) }],
    ['proves after the dwell', judge(passed, 300, dwelling), { status: 'proven', passed: 2, canaries: 2, keys: 3 }],
    [
      'is early without a dwell',
      judge(passed, 0, { dwellUntilMs: at(0) }),
      { status: 'early', passed: 2, canaries: 2, keys: 3 },
    ],
    [
      'is early when a stop ends the dwell',
      judge(passed, 90, { ...dwelling, stop: true }),
      { status: 'early', passed: 2, canaries: 2, keys: 3 },
    ],
    [
      'says nothing without canaries',
      judge({}, 0, { preparation: { canaries: [], keys: null, detail: 'denied' } }),
      { status: 'unproven', passed: 0, canaries: 0, keys: null, detail: 'denied' },
    ],
    [
      'needs none for a store without keys',
      judge({}, 0, { preparation: { canaries: [], keys: 0 } }),
      { status: 'proven', passed: 0, canaries: 0, keys: 0, detail: 'the store holds no KMS key' },
    ],
    [
      'ends at the first key that is lost, though others give no answer and the dwell goes on',
      judge({ passed: 1, lost: [arn('a')], usedSince: [arn('a')] }, 20, dwelling),
      {
        status: 'mismatch',
        passed: 1,
        canaries: 2,
        keys: 3,
        detail: '1 of 2 keys tried: a',
        exposure: { since: '2026-01-01T00:00:00.000Z', seenAt: '2026-01-01T00:00:20.000Z', keysUsed: [arn('a')] },
      },
    ],
  ])('%s', (_, verdict, expected) => {
    expect(verdict).toEqual(expected);
  });

  it('names three of many keys that are lost', () => {
    const lost = ['a', 'b', 'c', 'd', 'e'].map(arn);
    expect(judge({ lost }, 0)).toMatchObject({ detail: '5 of 2 keys tried: a, b, c, and 2 more' });
  });
});
