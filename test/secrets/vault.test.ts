import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretUnavailableError } from '../../src/ports/secrets.ts';
import { createVault } from '../../src/secrets/vault.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function writeSecret(content: string): `file:${string}` {
  const path = join(folder, 'a:secret');
  writeFileSync(path, content);
  return `file:${path}`;
}

describe('the vault', () => {
  it('keeps a value under a reference that does not tell it', async () => {
    const vault = createVault({});
    const reference = vault.keep('KeyStorePassword', 'Passw0rd');

    expect(reference).toBe('given:KeyStorePassword');
    expect(await vault.resolve(reference)).toBe('Passw0rd');
    expect(JSON.stringify(vault)).not.toContain('Passw0rd');
  });

  it('reads the environment it was handed', async () => {
    expect(await createVault({ NEW: 'Passw0rd' }).resolve('env:NEW')).toBe('Passw0rd');
  });

  it.each([
    ['as it is', 'Passw0rd', 'Passw0rd'],
    ['without the newline at its end', 'Passw0rd\n', 'Passw0rd'],
    ['without the newline of Windows', 'Passw0rd\r\n', 'Passw0rd'],
    ['without one newline only, and no blank', ' Passw0rd \n\n', ' Passw0rd \n'],
  ])('reads a file %s, when it is asked', async (_, content, secret) => {
    const vault = createVault({});
    const reference = writeSecret('before');
    writeSecret(content);

    expect(await vault.resolve(reference)).toBe(secret);
  });

  it.each([
    ['env:NOT_SET', 'env:NOT_SET is not set'],
    ['given:NOT_KEPT', 'given:NOT_KEPT is not set'],
    ['file:/not/there', 'file:/not/there cannot be read (ENOENT)'],
    ['file:/', 'file:/ cannot be read (EISDIR)'],
  ] as const)('says that %s leads nowhere', async (reference, message) => {
    const resolving = createVault({}).resolve(reference);

    await expect(resolving).rejects.toThrow(SecretUnavailableError);
    await expect(resolving).rejects.toThrow(message);
  });

  it('asks Secrets Manager once, and keeps what it answers', async () => {
    const asked: string[] = [];
    const vault = createVault({}, async (where) => {
      asked.push(where);
      return { secret: 'Passw0rd', accessKeyId: 'ID' };
    });

    expect(await vault.findAccessKeyId('secretsmanager:arn:a#STAGE')).toBe('ID');
    expect(await vault.resolve('secretsmanager:arn:a#STAGE')).toBe('Passw0rd');
    expect(await vault.findAccessKeyId('env:NEW')).toBeUndefined();
    expect(asked).toEqual(['arn:a#STAGE']);
    expect(JSON.stringify(vault)).not.toContain('Passw0rd');
  });
});
