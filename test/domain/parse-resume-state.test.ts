import { describe, expect, it } from 'vitest';
import { parseResumeState, ResumeStateError } from '../../src/domain/parse-resume-state.ts';
import { createResumeState, type ResumeState } from '../../src/domain/resume-state.ts';
import { graceMs } from '../../src/domain/stale-reads.ts';

const before = {
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings: { NewCustomKeyStoreName: 'xks', XksProxyUriPath: '/old/kms/xks/v1' },
} as const;

const state: ResumeState = {
  ...createResumeState('run-1', before),
  sent: { XksProxyAuthenticationCredential: { AccessKeyId: 'A'.repeat(20), RawSecretAccessKey: 'env:NEW' } },
  pending: { KeyStorePassword: 'given:1' },
  goal: 'back',
  reason: { code: 'KEY_MISMATCH', message: 'm', cause: 'c', remedy: 'r' },
  accepted: ['outage', 'unknown:xks-proxy'],
  preparation: { canaries: [], keys: null },
  exposure: { since: '2026-11-27T00:00:00Z', seenAt: '2026-11-27T00:01:00Z', keysUsed: [] },
  armed: { name: 'dead-mans-switch-cks-1', deadlineAtMs: 5 },
};

describe('a resume state from outside', () => {
  it('is the same after it was written and read', () => {
    expect(parseResumeState(JSON.parse(JSON.stringify(state)), 'run-1')).toEqual(state);
  });

  it('loses members that this version does not know', () => {
    expect(parseResumeState({ ...state, later: true }, 'run-1')).toEqual(state);
  });

  it('a resume state from outside of a newer schema is refused in one line that says what to do', () => {
    const parse = () => parseResumeState({ ...state, schema: 4, update: 'half' }, 'run-1');
    expect(parse).toThrow(
      /^run run-1 cannot be resumed by this version: a newer version wrote .* Resume it with that version\.$/,
    );
    expect(parse).toThrow(expect.objectContaining({ isNewer: true }));
  });

  it.each(Object.keys(createResumeState('run-1', before)))('is refused without %s', (name) => {
    const { [name as keyof ResumeState]: _, ...rest } = state;
    expect(() => parseResumeState(rest, 'run-1')).toThrow(`${name} is missing or wrong`);
  });

  it.each(Object.keys(state))('is refused with another kind of %s', (name) => {
    expect(() => parseResumeState({ ...state, [name]: [[]] }, 'run-1')).toThrow(ResumeStateError);
  });

  it('a resume state from outside of schema 1 is read, and doubts every state until no stale read is possible', () => {
    const { stale: _, hasDisconnected: __, ...shared } = state;
    const first = { ...shared, schema: 1, isUnfinished: true, offlineSinceMs: 1_000, lastSentAtMs: 2_000 };
    const read = parseResumeState(first, 'run-1');
    expect(read).toMatchObject({ schema: 3, hasDisconnected: true, offlineSinceMs: 1_000 });
    expect(Object.values(read.stale.states)).toEqual(Array(5).fill(2_000 + graceMs));
    expect(read.stale.settings.map(({ values }) => values)).toEqual([before.settings, before.settings]);
    expect(read).not.toHaveProperty('lastSentAtMs');
    expect(() => parseResumeState({ ...first, lastSentAtMs: undefined }, 'run-1')).toThrow('lastSentAtMs is missing');
  });

  it.each([undefined, null, 'facts', []])('is refused when there is none: %j', (value) => {
    expect(() => parseResumeState(value, 'run-1')).toThrow('its log has no resume state');
  });

  it.each([
    { sent: { KeyStorePassword: 'canary-secret' } },
    { send: { XksProxyAuthenticationCredential: { AccessKeyId: 'A', RawSecretAccessKey: 'canary-secret' } } },
    { pending: { XksProxyAuthenticationCredential: 'canary-secret' } },
  ])('is refused with a secret in the place of a reference, which no message quotes: %j', (wrong) => {
    const parse = () => parseResumeState({ ...state, ...wrong }, 'run-1');
    expect(parse).toThrow(ResumeStateError);
    expect(parse).not.toThrow('canary-secret');
  });
});
