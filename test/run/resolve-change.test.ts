import { describe, expect, it } from 'vitest';
import { SecretUnavailableError } from '../../src/ports/secrets.ts';
import { resolveChange } from '../../src/run/writes.ts';

const credential = { AccessKeyId: 'AKIA4EXAMPLE23456789', RawSecretAccessKey: 'file:/fifo' } as const;

const resolve = (secret: string, change: object = { XksProxyAuthenticationCredential: credential }) =>
  resolveChange({ resolve: async () => secret }, change);

describe('the secrets of an update', () => {
  it('are put in the place of their references', async () => {
    expect(await resolve('s'.repeat(43))).toEqual({
      XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey: 's'.repeat(43) },
    });
  });

  it.each([
    ['an empty secret', ''],
    ['one that is too short', 'short'],
    ['one with a character that KMS does not take', `${'s'.repeat(43)}\n`],
  ])('are never sent with %s, which no message repeats', async (_, secret) => {
    await expect(resolve(secret)).rejects.toThrow(SecretUnavailableError);
    if (secret !== '') await expect(resolve(secret)).rejects.not.toThrow(secret);
  });

  it('are never sent with an empty password', async () => {
    await expect(resolve('', { KeyStorePassword: 'env:NEW' })).rejects.toThrow(SecretUnavailableError);
  });
});
