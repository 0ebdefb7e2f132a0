/** The catalogue of errors is total, and never takes a call for refused that may have taken effect. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errors, explainError } from '../../src/domain/errors.ts';

const modelPath = '../shared/reference/api-models/kms.json';
const operations = [
  'DescribeCustomKeyStores',
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
] as const;

describe('errors', () => {
  it.runIf(existsSync(modelPath)).each(operations)('knows every exception that %s declares', (operation) => {
    const model = JSON.parse(readFileSync(modelPath, 'utf8'));

    expect(Object.keys(errors)).toEqual(expect.arrayContaining(model.operations[operation].errors));
  });

  it.runIf(existsSync(modelPath))(
    'calls an exception unclear exactly where the API model calls it a fault of the server',
    () => {
      const { operations: declared, shapes } = JSON.parse(readFileSync(modelPath, 'utf8'));

      for (const code of new Set<string>(operations.flatMap((name) => declared[name].errors))) {
        expect(explainError(code).class === 'unclear', code).toBe(shapes[code].fault === true);
      }
    },
  );

  it('lets a login have happened exactly where the fate of the call is unclear', () => {
    for (const [code, fact] of Object.entries(errors)) {
      expect(fact.login, code).toBe(fact.class === 'unclear' ? 'maybe' : 'never');
    }
  });

  it('does not say that nothing was changed, because an earlier call may have changed the store', () => {
    for (const fact of Object.values(errors)) {
      expect(`${fact.cause} ${fact.remedy}`).not.toMatch(/nothing was changed/i);
    }
  });
});

describe('explainError', () => {
  it('explains everything in short sentences', () => {
    for (const fact of [...Object.values(errors), explainError('Novel', 400), explainError('Novel')]) {
      for (const text of [fact.cause, fact.remedy]) {
        expect(text).toMatch(/^[A-Z].*\.$/);
        expect(text.length, text).toBeLessThanOrEqual(200);
      }
    }
  });

  it.each([
    ['KMSInternalException', 'unclear'],
    ['ServiceUnavailable', 'unclear'],
    ['TimeoutError', 'unclear'],
    ['AbortError', 'unclear'],
    ['ECONNRESET', 'unclear'],
    ['ETIMEDOUT', 'unclear'],
    ['EHOSTUNREACH', 'unclear'],
    ['EPROTO', 'unclear'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNREFUSED', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['ThrottlingException', 'throttled'],
    ['AccessDeniedException', 'denied'],
    ['CredentialsProviderError', 'credentials'],
    ['ExpiredTokenException', 'credentials'],
    ['SignatureDoesNotMatch', 'credentials'],
    ['ValidationException', 'refused'],
    ['XksProxyUriUnreachableException', 'refused'],
    ['CloudHsmClusterNotActiveException', 'refused'],
    ['CustomKeyStoreNotFoundException', 'notFound'],
    ['CustomKeyStoreInvalidStateException', 'invalidState'],
  ])('takes %s for %s', (code, expected) => {
    expect(explainError(code).class).toBe(expected);
  });

  it.each([
    [400, 'refused', 'never'],
    [499, 'refused', 'never'],
    [500, 'unclear', 'maybe'],
    [503, 'unclear', 'maybe'],
    [302, 'unclear', 'maybe'],
    [undefined, 'unclear', 'maybe'],
  ])('judges an unknown error with status %s as %s', (status, expected, login) => {
    expect(explainError('NovelException', status)).toMatchObject({ class: expected, login });
  });

  it('prefers what it knows of an error to its status', () => {
    expect(explainError('KMSInternalException', 400).class).toBe('unclear');
  });

  it('takes the name of an inherited member for an unknown error', () => {
    expect(explainError('constructor').class).toBe('unclear');
  });
});
