import { describe, expect, it } from 'vitest';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { judgeLook } from '../../src/domain/verdict.ts';

const failed: KeyStore = {
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'AWS_CLOUDHSM',
  connectionState: 'FAILED',
  connectionErrorCode: 'NETWORK_ERRORS',
  settings: {},
};

describe('a store that is shown FAILED after a connect', () => {
  const expected = {
    goal: 'CONNECTED',
    deadlineAtMs: 900_000,
    graceUntilMs: 60_000,
    failureIsStaleUntilMs: 90_000,
  } as const;

  it('may be shown as it was before, within the grace of the connect', () => {
    expect(judgeLook(expected, failed, 59_000, false)).toBe('waiting');
  });

  it('has failed once it was seen CONNECTING', () => {
    expect(judgeLook(expected, failed, 5_000, true)).toBe('failed');
  });

  it('has failed when the grace is over, though it was seen FAILED until lately', () => {
    expect(judgeLook(expected, failed, 61_000, false)).toBe('failed');
  });
});
