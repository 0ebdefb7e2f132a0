import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import { beginNewRow, countTry, isBelieved, isSpent, resumeTries, type Tries } from '../../src/domain/tries.ts';

const requestId = 'request-1';
const internal: Failure = { code: 'KMSInternalException', message: '', class: 'unclear', requestId };
const denied: Failure = { code: 'AccessDeniedException', message: '', class: 'denied', requestId };
const rejected: Failure = { code: 'CustomKeyStoreNameInUseException', message: '', class: 'refused', requestId };
const expired: Failure = { code: 'ExpiredTokenException', message: '', class: 'credentials', requestId };
const atLimit: Failure = { code: 'LOGIN_LIMIT', message: '', class: 'refused' };

const limitAtMs = 120_000;

/** The tries after these failures, each at its instant. */
function failAll(...failures: readonly (readonly [nowMs: number, failure: Failure])[]): Tries {
  let tries: Tries | null = null;
  for (const [nowMs, failure] of failures)
    tries = countTry(tries, failure, { firstAtMs: 0, unclearAtMs: null, nowMs, limitAtMs });
  if (tries === null) throw new Error('there is no failure');
  return tries;
}

/** The instants at which a call that always fails so is sent. */
function sendAll(failure: Failure, untilMs: number): readonly number[] {
  const sent: number[] = [];
  let tries: Tries | null = null;
  for (let nowMs = 0; nowMs < untilMs; nowMs = tries.retryAtMs) {
    sent.push(nowMs);
    tries = countTry(tries, failure, { firstAtMs: 0, unclearAtMs: null, nowMs, limitAtMs });
  }
  return sent;
}

describe('the pauses between tries', () => {
  it('grow to a minute', () => {
    expect(sendAll(expired, 250_000).map((ms) => ms / 1_000)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it('end at the limit, where there is one', () => {
    expect(sendAll(internal, 120_001).map((ms) => ms / 1_000)).toEqual([0, 1, 3, 7, 15, 31, 63, 120]);
  });

  it('are short again after KMS could not be asked', () => {
    const long = failAll([0, internal], [1_000, internal], [3_000, internal], [7_000, internal], [15_000, internal]);
    const next = (tries: Tries) =>
      countTry(tries, internal, { firstAtMs: 0, unclearAtMs: null, nowMs: 31_000, limitAtMs }).retryAtMs - 31_000;

    expect([next(long), next(beginNewRow(long))]).toEqual([32_000, 1_000]);
  });
});

describe('a rejection', () => {
  it('is believed at once where KMS says definitely no', () => {
    expect(isBelieved(failAll([0, rejected]))).toBe(true);
    expect(isBelieved(failAll([0, atLimit]))).toBe(true);
  });

  it('is not believed where no request id says that it is from KMS', () => {
    const { requestId: _, ...nameless } = rejected;
    expect(isBelieved(failAll([0, nameless]))).toBe(false);
  });

  it.each([
    ['three over a minute', [0, 30_000, 60_000], true],
    ['three over less', [0, 1_000, 59_000], false],
    ['two over a minute', [0, 60_000], false],
  ] as const)('of access is believed after %s: %s', (_, instants, expected) => {
    expect(isBelieved(failAll(...instants.map((nowMs) => [nowMs, denied] as const)))).toBe(expected);
  });

  it('a rejection of access is counted anew after another answer', () => {
    expect(isBelieved(failAll([0, denied], [1_000, denied], [30_000, internal], [60_000, denied]))).toBe(false);
  });
});

describe('a limit', () => {
  const three = failAll([0, internal], [1_000, internal], [3_000, internal]);

  it('ends the tries when it is reached', () => {
    expect([isSpent(three, limitAtMs, 119_999), isSpent(three, limitAtMs, 120_000)]).toEqual([false, true]);
  });

  it('ends no tries whose calls did not reach KMS', () => {
    expect(isSpent(failAll([0, expired], [1_000, expired], [3_000, expired]), limitAtMs, 1e9)).toBe(false);
  });

  it('ends no tries before some answers in a row', () => {
    expect(isSpent(failAll([0, expired], [200_000, internal]), limitAtMs, 200_000)).toBe(false);
    expect(isSpent(beginNewRow(three), limitAtMs, 200_000)).toBe(false);
  });

  it('ends no tries that were left alone for long, but those that were not', () => {
    expect(isSpent(resumeTries(three, 3_600_000), limitAtMs, 3_600_000)).toBe(false);
    expect(isSpent(resumeTries(three, 60_000), 50_000, 60_000)).toBe(true);
  });
});

it('a Connect that was not sent is no try', () => {
  const tries = failAll([0, internal], [1_000, atLimit], [11_000, atLimit]);

  expect([tries.count, tries.sameCount, tries.retryAtMs]).toEqual([1, 2, 21_000]);
});
