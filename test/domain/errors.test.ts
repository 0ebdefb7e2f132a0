/** The catalogue of errors is total, and never takes a call for refused that may have taken effect. */
import { describe, expect, it } from 'vitest';
import { errors, explainError } from '../../src/domain/errors.ts';
import { hasNoEffect, isDefinite } from '../../src/domain/failure.ts';
import { readAwsModel } from '../support/aws-models.ts';

const model = readAwsModel('kms');
const errorsOf = (operation: string) => model.operations[operation]?.errors ?? [];
const operations = [
  'DescribeCustomKeyStores',
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
] as const;

describe('errors', () => {
  it.each(operations)('knows every exception that %s declares', (operation) => {
    expect(errorsOf(operation)).not.toEqual([]);
    expect(Object.keys(errors)).toEqual(expect.arrayContaining([...errorsOf(operation)]));
  });

  it('calls an exception unclear exactly where the API model calls it a fault of the server', () => {
    for (const code of new Set(operations.flatMap(errorsOf))) {
      expect(explainError(code).class === 'unclear', code).toBe(model.shapes[code]?.fault === true);
    }
  });

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
    for (const fact of [
      ...Object.values(errors),
      explainError('Novel', { httpStatusCode: 400, requestId: 'request-1' }),
      explainError('Novel', { httpStatusCode: 400 }),
      explainError('Novel'),
    ]) {
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
    [400, 'refused'],
    [499, 'refused'],
    [429, 'throttled'],
    [500, 'unclear'],
    [503, 'unclear'],
    [302, 'unclear'],
    [undefined, 'unclear'],
  ])('judges an unknown error with status %s as %s', (status, expected) => {
    const answer = status === undefined ? {} : { httpStatusCode: status, requestId: 'request-1' };
    expect(explainError('NovelException', answer).class).toBe(expected);
  });

  it.each(['NovelException', 'SyntaxError', 'AccessDeniedException', 'CustomKeyStoreInvalidStateException'])(
    'does not take %s without a request id for an answer of KMS',
    (code) => {
      for (const httpStatusCode of [200, 400, 403, 429, 502]) {
        expect(explainError(code, { httpStatusCode })).toMatchObject({ class: 'unclear', login: 'maybe' });
      }
    },
  );

  it.each(['SyntaxError', 'Unknown', 'UnknownError'])(
    'does not take %s for a rejection by KMS, also where a proxy passes its request id on',
    (code) => {
      for (const httpStatusCode of [200, 403, 404, 502])
        expect(explainError(code, { httpStatusCode, requestId: 'request-1' })).toMatchObject({
          class: 'unclear',
          login: 'maybe',
        });
    },
  );

  it('never takes an unknown error for proof that kmsuser was not tried', () => {
    expect(explainError('NovelException', { httpStatusCode: 400, requestId: 'request-1' }).login).toBe('maybe');
  });

  it('never takes a status of 5xx for a rejection', () => {
    const answer = { httpStatusCode: 500, requestId: 'request-1' };
    expect(explainError('AccessDeniedException', answer).class).toBe('unclear');
    expect(explainError('ThrottlingException', answer).class).toBe('throttled');
  });

  it.each([
    'BandwidthLimitExceeded',
    'EC2ThrottledException',
    'PriorRequestNotComplete',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
    'ThrottledException',
    'Throttling',
    'TooManyRequests',
    'TooManyRequestsException',
    'TransactionInProgressException',
  ])('takes %s for throttling', (code) => {
    expect(explainError(code).class).toBe('throttled');
  });

  it.each(['AccessDenied', 'IDPCommunicationError', 'InvalidIdentityToken', 'IDPRejectedClaimException'])(
    'takes %s, which STS answers, for missing credentials',
    (code) => {
      for (const answer of [{}, { httpStatusCode: 400 }, { httpStatusCode: 403, requestId: 'request-of-sts' }]) {
        expect(explainError(code, answer).class).toBe('credentials');
      }
    },
  );

  it('prefers what it knows of an error to its status', () => {
    expect(explainError('KMSInternalException', { httpStatusCode: 400, requestId: 'request-1' }).class).toBe('unclear');
  });

  it('takes the name of an inherited member for an unknown error', () => {
    expect(explainError('constructor').class).toBe('unclear');
  });
});

describe('isDefinite', () => {
  const rejection = { code: 'CloudHsmClusterNotActiveException', message: 'no', class: 'refused' } as const;

  it('asks for a known error and the request id that KMS gives', () => {
    expect(isDefinite({ ...rejection, requestId: 'request-1' })).toBe(true);
    expect(isDefinite(rejection)).toBe(false);
    expect(isDefinite({ ...rejection, code: 'NovelException', requestId: 'request-1' })).toBe(false);
    expect(isDefinite({ ...rejection, class: 'throttled', requestId: 'request-1' })).toBe(false);
  });
});

describe('hasNoEffect', () => {
  it.each([
    ['a call that never left this machine', { code: 'ECONNREFUSED', class: 'unreachable' }, true],
    ['a rejection of KMS', { code: 'AccessDeniedException', class: 'denied', requestId: 'request-1' }, true],
    ['throttling by KMS', { code: 'ThrottlingException', class: 'throttled', requestId: 'request-1' }, true],
    ['an unknown error of KMS', { code: 'NovelException', class: 'refused', requestId: 'request-1' }, false],
    ['an internal error', { code: 'KMSInternalException', class: 'unclear', requestId: 'request-1' }, false],
  ] as const)('judges %s', (_, failure, expected) => {
    expect(hasNoEffect({ message: '', ...failure })).toBe(expected);
  });
});
