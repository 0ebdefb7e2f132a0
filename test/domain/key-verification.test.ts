import { describe, expect, it } from 'vitest';
import { type KeyUse, noKeyUse } from '../../src/domain/key-test.ts';
import {
  type Canary,
  type CanaryRound,
  followSpells,
  judgeRound,
  type KeyVerificationTerms,
  noSpells,
  type Preparation,
  type Spells,
} from '../../src/domain/key-verification.ts';

const arn = (id: string) => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const canaryOf = (id: string): Canary => ({
  keyId: arn(id),
  ciphertext: 'AA==',
  sha256: '0',
  encryptionContext: {},
  encryptedAtMs: 0,
});
const twoKeys: Preparation = { canaries: [canaryOf('a'), canaryOf('b')], keys: 3 };
const sinceMs = Date.UTC(2026, 0, 1);
const at = (seconds: number) => sinceMs + seconds * 1_000;

interface Means extends Partial<KeyVerificationTerms> {
  readonly stop?: boolean;
  readonly use?: Partial<KeyUse>;
  /** Since when, in seconds, each round has found the same. Default: since the beginning. */
  readonly spellsFrom?: number;
}

/** Two canaries of three keys; the rounds began with the new settings. */
function judgeBoth(
  canaryRound: Partial<CanaryRound>,
  afterSeconds: number,
  { stop = false, use = {}, spellsFrom = 0, ...terms }: Means = {},
) {
  const all = { preparation: twoKeys, sinceMs, bakesUntilMs: null, countsFromMs: 0, ...terms };
  const round = {
    canaryRound: { passed: 0, unanswered: 0, lost: [], unusable: [], ...canaryRound },
    use: { ...noKeyUse, ...use },
  };
  const spells: Spells = followSpells(noSpells, round, at(spellsFrom));
  return judgeRound(round, all, spells, at(afterSeconds), stop);
}

function judge(...words: Parameters<typeof judgeBoth>) {
  const verdict = judgeBoth(...words);
  return 'againAtMs' in verdict ? verdict : verdict.keyVerification;
}

const passed = { passed: 2 };
const silent = { unanswered: 2, detail: 'throttled' };
const half = { passed: 1, unanswered: 1 };
const dwelling = { bakesUntilMs: at(300) };

describe('a round of canaries', () => {
  it.each<[string, ReturnType<typeof judge>, object]>([
    ['proves where all pass', judge(passed, 0), { status: 'verified', passed: 2, canaries: 2, keys: 3 }],
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
    ['proves after the dwell', judge(passed, 300, dwelling), { status: 'verified', passed: 2, canaries: 2, keys: 3 }],
    [
      'is early without a dwell',
      judge(passed, 0, { bakesUntilMs: at(0) }),
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
      { status: 'unverified', passed: 0, canaries: 0, keys: null, detail: 'denied' },
    ],
    [
      'needs none for a store without keys',
      judge({}, 0, { preparation: { canaries: [], keys: 0 } }),
      { status: 'verified', passed: 0, canaries: 0, keys: 0, detail: 'the store holds no KMS key' },
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

const denied = { unusable: [arn('a'), arn('b')], detail: 'the proxy denied access' };
const two = { keys: [arn('a'), arn('b')], passed: 2 };
const deniedAfresh = { keys: [arn('a'), arn('b')], unusable: [arn('a'), arn('b')], detail: 'the proxy denied access' };
const failedBefore = (failed: Partial<NonNullable<Preparation['failedBefore']>>): Preparation => ({
  ...twoKeys,
  failedBefore: { lost: [], unusable: [], ...failed },
});

describe('keys that do not work after a change', () => {
  it('are tried again for the five minutes in which KMS may use the old settings', () => {
    expect(judgeBoth(denied, 0)).toEqual({ againAtMs: at(2) });
    expect(judgeBoth(denied, 100)).toEqual({ againAtMs: at(110) });
    expect(judgeBoth(denied, 295)).toEqual({ againAtMs: at(300) });
  });

  it('are a failure of the change after five minutes if they worked before it', () => {
    expect(judgeBoth(denied, 300, { use: deniedAfresh })).toMatchObject({
      keyVerification: { status: 'inconclusive', passed: 0, canaries: 2 },
      keyTest: { status: 'failing', passed: 0, detail: 'the proxy denied access' },
    });
  });

  it('are a failure of the change even if only one of them fails', () => {
    const one = { passed: 1, unusable: [arn('b')], detail: 'denied' };
    expect(judgeBoth(one, 300)).toMatchObject({
      keyVerification: { status: 'partial' },
      keyTest: { status: 'failing' },
    });
  });

  it('are a failure of the change if they decrypt, and do not encrypt any more', () => {
    const use = { ...deniedAfresh, keys: [arn('a'), arn('b')] };
    expect(judgeBoth(passed, 300, { use })).toMatchObject({
      keyVerification: { status: 'verified' },
      keyTest: { status: 'failing' },
    });
  });

  it('are no failure of the change if they failed before it and other keys work', () => {
    const one = { passed: 1, unusable: [arn('b')], detail: 'disabled' };
    const preparation = failedBefore({ unusable: [arn('b')] });
    expect(judgeBoth(one, 300, { preparation, use: { keys: [arn('a')], passed: 1 } })).toMatchObject({
      keyTest: { status: 'working', passed: 1 },
    });
  });

  it('are a failure if none works, whether or not one worked before', () => {
    const preparation = { ...failedBefore({ unusable: [arn('a'), arn('b')] }), keysFail: true as const };
    expect(judgeBoth(denied, 300, { preparation })).toMatchObject({ keyTest: { status: 'failing' } });
  });

  it('are given a minute each time they begin to fail', () => {
    const terms = { bakesUntilMs: at(1_800), spellsFrom: 900 };
    expect(judgeBoth({ passed: 1, unusable: [arn('b')] }, 900, terms)).toEqual({ againAtMs: at(902) });
    expect(judgeBoth({ passed: 1, unusable: [arn('b')] }, 960, terms)).toMatchObject({
      keyTest: { status: 'failing' },
    });
  });

  it('say nothing in the end if a stop leaves them no time', () => {
    expect(judgeBoth(denied, 20, { stop: true })).toMatchObject({
      keyVerification: { status: 'inconclusive' },
      keyTest: { status: 'unknown' },
    });
  });

  it('are unknown, and no failure, if only our own rights or credentials explain it', () => {
    const use = { keys: [arn('a')], unanswered: 1, detail: 'AccessDeniedException' };
    expect(judgeBoth(silent, 300, { use })).toMatchObject({
      keyVerification: { status: 'inconclusive' },
      keyTest: { status: 'unknown', detail: 'AccessDeniedException' },
    });
  });
});

describe('keys that work after a change', () => {
  it('are reported beside whether they are the same, each with what was looked at', () => {
    const canaryRound = { passed: 2, oldestPassedAtMs: at(-3_600) };
    expect(judgeBoth(canaryRound, 0, { use: two })).toEqual({
      keyVerification: {
        status: 'verified',
        passed: 2,
        canaries: 2,
        keys: 3,
        oldestVerifiedAt: '2025-12-31T23:00:00.000Z',
      },
      keyTest: { status: 'working', ...two },
    });
  });

  it('work, and are not verified, if nothing was encrypted before', () => {
    const preparation = { canaries: [], keys: 2, keysFail: true as const, chosen: two.keys };
    expect(judgeBoth({}, 0, { preparation, use: two })).toMatchObject({
      keyVerification: { status: 'unverified' },
      keyTest: { status: 'working', passed: 2 },
    });
  });

  it('are not tried through the bake time of a live change if nothing was encrypted before', () => {
    const preparation = { canaries: [], keys: 2, keysFail: true as const, chosen: two.keys };
    expect(judgeBoth({}, 0, { preparation, use: two, ...dwelling })).toMatchObject({ keyTest: { status: 'working' } });
  });

  it('are tried until a success can only be due to the new settings', () => {
    const preparation = { canaries: [], keys: 2, chosen: two.keys };
    const countsFromMs = at(300);
    expect(judgeBoth({}, 0, { preparation, use: two, countsFromMs })).toEqual({ againAtMs: at(10) });
    // They failed with the old settings.
    const failed = { ...preparation, keysFail: true as const };
    expect(judgeBoth({}, 0, { preparation: failed, use: two, countsFromMs })).toMatchObject({
      keyTest: { status: 'working' },
    });
  });
});

describe('a ciphertext that was lost before the change', () => {
  const preparation = { ...failedBefore({ lost: [arn('a'), arn('b')] }), keysFail: true as const };
  const bothLost = { lost: [arn('a'), arn('b')] };

  it('is waited for while KMS may use the old settings, and is a mismatch afterwards', () => {
    expect(judgeBoth(bothLost, 0, { preparation })).toEqual({ againAtMs: at(2) });
    expect(judgeBoth(bothLost, 300, { preparation })).toMatchObject({ keyVerification: { status: 'mismatch' } });
  });

  it('proves that the right keys are back if it decrypts', () => {
    expect(judgeBoth(passed, 0, { preparation, countsFromMs: at(300) })).toMatchObject({
      keyVerification: { status: 'verified' },
    });
  });

  it('is no excuse for another key that is lost now', () => {
    const onlyA = failedBefore({ lost: [arn('a')] });
    expect(judgeBoth(bothLost, 0, { preparation: onlyA })).toMatchObject({ keyVerification: { status: 'mismatch' } });
  });
});
