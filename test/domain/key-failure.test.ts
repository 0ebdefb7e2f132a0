import { describe, expect, it } from 'vitest';
import { explainError } from '../../src/domain/errors.ts';
import { judgeKeyFailure, refusesCredential } from '../../src/domain/key-failure.ts';

const failureOf = (code: string, message = '', httpStatusCode = 400, isFromKms = true) => {
  const answer = { httpStatusCode, ...(isFromKms ? { requestId: 'r' } : {}) };
  return { code, message, class: explainError(code, answer).class, ...answer };
};

const rejected = 'The external key store proxy rejected the request because';

describe('a failed use of a key', () => {
  it.each([
    ['the proxy denies it', 'The external key store proxy denied access to the operation.'],
    ['the proxy refuses the credential', `${rejected} it could not authenticate AWS KMS.`],
    ['the external key is disabled', `${rejected} the external key is not enabled in the external key manager.`],
    ['the external key does not decrypt', `${rejected} the external key does not support the requested operation.`],
    ['the path is wrong', `${rejected} the URI path is not valid.`],
    ['the proxy is gone', 'AWS KMS cannot communicate with the external key store proxy.'],
    ['the proxy is late', 'AWS KMS rejected the request because the external key store proxy did not respond in time.'],
    ['the cluster is gone', 'KMS cannot communicate with your CloudHSM cluster'],
    ['the message is a new one', 'something that this version has never read'],
  ])('is held against the settings if %s', (_, message) => {
    expect(judgeKeyFailure(failureOf('KMSInvalidStateException', message))).toBe('unusable');
  });

  it.each([
    ['KMS fails inside', 'KMSInternalException', 500],
    ['KMS calls the key unavailable', 'KeyUnavailableException', 500],
    ['a dependency of KMS is late', 'DependencyTimeoutException', 503],
  ])('is held against the settings if %s, for it is tried for minutes', (_, code, status) => {
    expect(judgeKeyFailure(failureOf(code, '', status))).toBe('unusable');
  });

  it.each([
    ['InvalidCiphertextException', ''],
    ['KMSInvalidStateException', `${rejected} the specified ciphertext is corrupted, missing, or otherwise invalid.`],
    ['KMSInvalidStateException', `${rejected} it could not find the external key.`],
    ['KMSInvalidStateException', 'KMS could not find the key material of the key in your CloudHSM cluster'],
  ])('means other key material, or none: %s %s', (code, message) => {
    expect(judgeKeyFailure(failureOf(code, message))).toBe('lost');
  });

  it.each([
    ['our credentials', failureOf('ExpiredTokenException')],
    ['no credentials', failureOf('CredentialsProviderError')],
    ['our rights', failureOf('AccessDeniedException')],
    ['our rate', failureOf('ThrottlingException')],
    ['our name server', failureOf('ENOTFOUND')],
    ['a lost answer', { code: 'ECONNRESET', message: '', class: 'unclear' as const }],
    ['a proxy in between', failureOf('Error', '', 502, false)],
    ['a KMS key that is disabled', failureOf('DisabledException')],
    ['a KMS key that is gone', failureOf('NotFoundException')],
    ['a KMS key that is to be deleted', failureOf('KMSInvalidStateException', 'the key is pending deletion.')],
    ['a canary of another key', failureOf('IncorrectKeyException')],
  ])('says nothing about the settings if it is due to %s', (_, failure) => {
    expect(judgeKeyFailure(failure)).toBe('unknown');
  });

  it('tells a refused credential from any other refusal of the proxy', () => {
    const refused = failureOf('KMSInvalidStateException', `${rejected} it could not authenticate AWS KMS. Verify`);
    expect(refusesCredential(refused)).toBe(true);
    expect(refusesCredential(failureOf('KMSInvalidStateException', 'denied access'))).toBe(false);
  });
});
