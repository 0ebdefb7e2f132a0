import { describe, expect, it } from 'vitest';
import { classify } from '../../src/aws/classify.ts';
import { networkError, sdkError } from '../support/scripted-send.ts';

const plain = (message: string) => new Error(message);

/** Something between this machine and KMS answered: the answer has no request id. */
const answerOfProxy = (name: string, httpStatusCode: number) =>
  Object.assign(plain('Unexpected token <'), { name, $metadata: { httpStatusCode } });

describe('classify', () => {
  it.each([
    [sdkError('ThrottlingException'), 'ThrottlingException', 'throttled'],
    [sdkError('CustomKeyStoreNotFoundException'), 'CustomKeyStoreNotFoundException', 'notFound'],
    [sdkError('CustomKeyStoreNotFoundException:http://aws/'), 'CustomKeyStoreNotFoundException', 'notFound'],
    [sdkError('com.amazonaws.kms#AccessDeniedException'), 'AccessDeniedException', 'denied'],
    [sdkError('NewRefusalException:http://aws/'), 'NewRefusalException:http://aws/', 'refused'],
    [sdkError('CustomKeyStoreInvalidStateException'), 'CustomKeyStoreInvalidStateException', 'invalidState'],
    [sdkError('XksProxyUriInUseException'), 'XksProxyUriInUseException', 'refused'],
    [sdkError('AccessDeniedException'), 'AccessDeniedException', 'denied'],
    [sdkError('ExpiredTokenException'), 'ExpiredTokenException', 'credentials'],
    [sdkError('KMSInternalException', { statusCode: 500 }), 'KMSInternalException', 'unclear'],
    [sdkError('NewRefusalException', { statusCode: 409 }), 'NewRefusalException', 'refused'],
    [sdkError('NewFailureException', { statusCode: 503 }), 'NewFailureException', 'unclear'],
    [networkError('ECONNREFUSED'), 'ECONNREFUSED', 'unreachable'],
    [networkError('ENOTFOUND'), 'ENOTFOUND', 'unreachable'],
    [networkError('ECONNRESET'), 'ECONNRESET', 'unclear'],
    [Object.assign(plain('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' }), 'ECONNRESET', 'unclear'],
    [Object.assign(plain('too late'), { name: 'TimeoutError' }), 'TimeoutError', 'unclear'],
    [new DOMException('stopped', 'AbortError'), 'AbortError', 'unclear'],
    [Object.assign(plain('none'), { name: 'CredentialsProviderError' }), 'CredentialsProviderError', 'credentials'],
    [plain('Region is missing'), 'RegionMissing', 'refused'],
    [plain('Region not accepted: region="a b" is not a valid hostname component.'), 'RegionInvalid', 'refused'],
    [plain('Invalid URL'), 'EndpointInvalid', 'refused'],
    [plain('never heard of'), 'Error', 'unclear'],
    [sdkError('SlowDown', { statusCode: 503 }), 'SlowDown', 'throttled'],
    [sdkError('NewLimitException', { statusCode: 429 }), 'NewLimitException', 'throttled'],
    [sdkError('AccessDeniedException', { statusCode: 500 }), 'AccessDeniedException', 'unclear'],
    [answerOfProxy('SyntaxError', 403), 'SyntaxError', 'unclear'],
    [answerOfProxy('SyntaxError', 200), 'SyntaxError', 'unclear'],
    [answerOfProxy('UnknownError', 429), 'UnknownError', 'unclear'],
    [answerOfProxy('AccessDeniedException', 403), 'AccessDeniedException', 'unclear'],
    [sdkError('AccessDeniedException', { requestId: '' }), 'AccessDeniedException', 'unclear'],
    [Object.assign(plain('no'), { name: 'InvalidIdentityToken' }), 'InvalidIdentityToken', 'credentials'],
  ])('%s is %s, which is %s', (error, code, kind) => {
    expect(classify(error)).toMatchObject({ code, class: kind });
  });

  it('keeps the request id and the status of an answer', () => {
    expect(classify(sdkError('AccessDeniedException', { message: 'no', requestId: 'request-7' }))).toEqual({
      code: 'AccessDeniedException',
      message: 'no',
      class: 'denied',
      requestId: 'request-7',
      httpStatusCode: 400,
    });
  });

  it('has the name in place of an empty message', () => {
    expect(classify(sdkError('ThrottlingException', { message: '' })).message).toBe('ThrottlingException');
  });

  it("leaves out the name of the SDK's HTTP handler", () => {
    const told = '@smithy/node-http-handler - [ERROR] a request has exceeded the configured 10 ms requestTimeout.';

    expect(classify(plain(told)).message).toBe('a request has exceeded the configured 10 ms requestTimeout.');
  });

  it('takes the secrets that were sent out of the message, wherever they stand', () => {
    const password = 'kmsuserPassw0rd';
    const secret = 'a+b/c='.repeat(8);
    const error = sdkError('ValidationException', { message: `${password} and ${secret}, ${secret} too` });

    const { message } = classify(error, {
      KeyStorePassword: password,
      XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDEFGHIJKLMNOPQRST', RawSecretAccessKey: secret },
    });

    expect(message).toBe('(secret) and (secret), (secret) too');
  });
});
