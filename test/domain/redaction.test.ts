import { describe, expect, it } from 'vitest';
import { hideSecrets, listSecrets, redactInput } from '../../src/domain/redaction.ts';

const secret = 'a/b+c=d&e"f g<h>é\\i';

describe('a secret in a text', () => {
  it.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
    ['in JSON with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL with small digits', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['in a URL, twice encoded', encodeURIComponent(encodeURIComponent(secret))],
    ['in a form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in Base64', Buffer.from(secret).toString('base64')],
    ['in Base64 for URLs', Buffer.from(secret).toString('base64url')],
  ])('is hidden %s', (_, form) => {
    expect(hideSecrets(`before ${form} after ${form}`, [secret])).toBe('before (secret) after (secret)');
  });

  it.each(['', 'u', 'us', 'user:'])('is hidden in the Base64 of a text that has it after "%s"', (before) => {
    const encoded = Buffer.from(`${before}${secret}@end`).toString('base64');
    const hidden = hideSecrets(encoded, [secret]);

    expect(hidden).toContain('(secret)');
    expect(hidden.length).toBeLessThan(encoded.length);
  });

  it('leaves a text without secrets as it is', () => {
    expect(hideSecrets('nothing here', ['', 'secret7'])).toBe('nothing here');
  });
});

describe('the input of a request', () => {
  const input = {
    CustomKeyStoreId: 'cks-1',
    KeyStorePassword: 'Passw0rd',
    XksProxyAuthenticationCredential: { AccessKeyId: 'ID', RawSecretAccessKey: 'key' },
    deep: [{ RawSecretAccessKey: 'deep' }],
    Plaintext: new Uint8Array(3),
  };

  it('is shown without its secrets and its bytes', () => {
    expect(redactInput(input)).toEqual({
      CustomKeyStoreId: 'cks-1',
      KeyStorePassword: '(secret)',
      XksProxyAuthenticationCredential: { AccessKeyId: 'ID', RawSecretAccessKey: '(secret)' },
      deep: [{ RawSecretAccessKey: '(secret)' }],
      Plaintext: '(3 bytes)',
    });
  });

  it('names its secrets', () => {
    expect(listSecrets(input)).toEqual(['Passw0rd', 'key', 'deep']);
  });
});
