import { describe, expect, test } from 'vitest';
import { SimulatorFault } from '../../src/simulator/index.ts';
import { credential, setStage } from './stage.ts';

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof SimulatorFault) return `${error.name}: ${error.message}`;
    throw error;
  }
  return 'ok';
}

describe('the validation of a request', () => {
  const stage = setStage();
  const id = stage.addExternal();
  const update = (values: object) =>
    messageOf(() => stage.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, ...values }));

  test('names the member and the broken rule in the words of AWS', () => {
    expect(update({ KeyStorePassword: 'abc' })).toBe(
      "ValidationException: 1 validation error detected: Value at 'keyStorePassword' failed to satisfy constraint: Member must have length greater than or equal to 7",
    );
    expect(update({ XksProxyConnectivity: 'TELEPATHY' })).toBe(
      "ValidationException: 1 validation error detected: Value 'TELEPATHY' at 'xksProxyConnectivity' failed to satisfy constraint: Member must satisfy enum value set: [PUBLIC_ENDPOINT, VPC_ENDPOINT_SERVICE]",
    );
  });

  test('reports every broken rule at once', () => {
    const message = update({ NewCustomKeyStoreName: '', XksProxyVpcEndpointServiceOwner: '12' });

    expect(message).toContain('3 validation errors detected: ');
    expect(message).toContain("Value '' at 'newCustomKeyStoreName'");
    expect(message).toContain('Member must satisfy regular expression pattern: [0-9]{12}');
  });

  test('looks into structures', () => {
    expect(update({ XksProxyAuthenticationCredential: { AccessKeyId: credential.AccessKeyId } })).toContain(
      "Value null at 'xksProxyAuthenticationCredential.rawSecretAccessKey' failed to satisfy constraint: Member must not be null",
    );
  });

  test('never echoes a sensitive value', () => {
    const secrets = { AccessKeyId: 'lower-case-key-id-1234', RawSecretAccessKey: 'not/a secret but sent as one' };
    const message = update({ KeyStorePassword: 'p4ss', XksProxyAuthenticationCredential: secrets });

    expect(message).toContain('4 validation errors');
    for (const secret of ['p4ss', ...Object.values(secrets)]) expect(message).not.toContain(secret);
  });

  test('matches a pattern against the whole value', () => {
    expect(update({ XksProxyUriEndpoint: 'https://proxy.example.com/' })).toContain('ValidationException');
    expect(update({ XksProxyUriEndpoint: 'https://proxy.example.com:443' })).toContain('ValidationException');
    expect(update({ CloudHsmClusterId: 'a-cluster-aaaaaaaaaaa' })).toContain('regular expression');
  });

  test('takes null for absent and ignores members it does not know', () => {
    expect(update({ NewCustomKeyStoreName: 'renamed', KeyStorePassword: null, Nonsense: 1 })).toBe('ok');
  });

  test('has no member of an object that the request does not have itself', () => {
    expect(
      messageOf(() => stage.simulator.call('ConnectCustomKeyStore', Object.create({ CustomKeyStoreId: id }))),
    ).toContain('must not be null');
  });

  test.each([
    ['a number for a string', { NewCustomKeyStoreName: 7 }],
    ['a string for a structure', { XksProxyAuthenticationCredential: 'AccessKeyId=A' }],
    ['an array for a string', { NewCustomKeyStoreName: ['a'] }],
  ])('answers SerializationException to %s', (_what, values) => {
    expect(update(values)).toContain('SerializationException');
  });

  test.each([
    ['a string', 'nonsense'],
    ['an array', []],
    ['a number', 3],
  ])('answers SerializationException to %s in place of a request', (_what, input) => {
    expect(messageOf(() => stage.simulator.call('DescribeCustomKeyStores', input))).toContain('SerializationException');
  });

  test.each([
    [0, 'ValidationException'],
    [1001, 'ValidationException'],
    [2.5, 'SerializationException'],
    ['2', 'SerializationException'],
    [1000, 'ok'],
  ])('judges the limit %s', (limit, answer) => {
    expect(stage.attempt('DescribeCustomKeyStores', { Limit: limit })).toBe(answer);
  });

  test('knows no other operation', () => {
    expect(stage.attempt('EnableCustomKeyStore', {})).toBe('UnknownOperationException');
    expect(stage.attempt('toString', {})).toBe('UnknownOperationException');
  });
});

describe("the two of AWS's own examples that break the model's patterns", () => {
  const example = { AccessKeyId: 'ABCDE12345670EXAMPLE', RawSecretAccessKey: credential.RawSecretAccessKey };

  test('are refused by default', () => {
    const stage = setStage();

    expect(stage.update(stage.addExternal(), { XksProxyAuthenticationCredential: example })).toBe(
      'ValidationException',
    );
  });

  test('are taken when patterns are lenient, while lengths stay', () => {
    const stage = setStage({ lenientPatterns: true });
    const id = stage.addExternal();

    expect(stage.update(id, { XksProxyAuthenticationCredential: example })).toBe('ok');
    expect(stage.update(id, { XksProxyUriPath: '/short' })).toBe('ValidationException');
    expect(stage.attempt('UpdateCustomKeyStore', { CustomKeyStoreId: id, CloudHsmClusterId: 'cluster-1' })).toBe(
      'ValidationException',
    );
  });
});
