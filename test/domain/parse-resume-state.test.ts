import { describe, expect, it } from 'vitest';
import { parseResumeState, ResumeStateError } from '../../src/domain/parse-resume-state.ts';
import { createResumeState, type ResumeState } from '../../src/domain/resume-state.ts';

const before = {
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings: { name: 'xks', XksProxyUriPath: '/old/kms/xks/v1' },
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
    const parse = () => parseResumeState({ ...state, schema: 5, update: 'half' }, 'run-1');
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

  it.each([1, 2, 3])('a resume state from outside of the older schema %i is refused', (schema) => {
    expect(() => parseResumeState({ ...state, schema }, 'run-1')).toThrow(
      `run run-1 cannot be resumed by this version: an older version wrote its resume state (schema ${schema}; this version knows 4). Resume it with the version that wrote it, or describe the store and decide.`,
    );
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
