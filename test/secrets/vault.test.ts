import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SecretUnavailableError } from '../../src/ports/secrets.ts';
import { createVault } from '../../src/secrets/vault.ts';
import { makeFolder } from '../support/journals.ts';

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

function writeSecret(content: string): `file:${string}` {
  const path = join(folder, 'a:secret');
  writeFileSync(path, content);
  return `file:${path}`;
}

describe('the vault', () => {
  it('keeps a value under a reference that does not tell it', async () => {
    const vault = createVault({ environment: {} });
    const reference = vault.keep('KeyStorePassword', 'Passw0rd');

    expect(reference).toBe('given:KeyStorePassword');
    expect(await vault.resolve(reference)).toBe('Passw0rd');
    expect(JSON.stringify(vault)).not.toContain('Passw0rd');
  });

  it('reads the environment it was handed', async () => {
    expect(await createVault({ environment: { NEW: 'Passw0rd' } }).resolve('env:NEW')).toBe('Passw0rd');
  });

  it.each([
    ['as it is', 'Passw0rd', 'Passw0rd'],
    ['without the newline at its end', 'Passw0rd\n', 'Passw0rd'],
    ['without the newline of Windows', 'Passw0rd\r\n', 'Passw0rd'],
    ['without one newline only, and no blank', ' Passw0rd \n\n', ' Passw0rd \n'],
  ])('reads a file %s, when it is asked', async (_, content, secret) => {
    const vault = createVault({ environment: {} });
    const reference = writeSecret('before');
    writeSecret(content);

    expect(await vault.resolve(reference)).toBe(secret);
  });

  it.each([
    ['env:NOT_SET', 'the environment variable that env: names is not set'],
    ['given:SAFEGUARD_UNAVAILABLE', 'given:SAFEGUARD_UNAVAILABLE is not set'],
    ['file:/not/there', 'the file that file: names cannot be read (ENOENT)'],
    ['file:/', 'the file that file: names cannot be read (EISDIR)'],
    ['secretsmanager:name', 'Secrets Manager is not asked here'],
  ] as const)('says that %s leads nowhere', async (reference, message) => {
    const resolving = createVault({ environment: {} }).resolve(reference);

    await expect(resolving).rejects.toThrow(SecretUnavailableError);
    await expect(resolving).rejects.toThrow(message);
  });

  it.each(['env', 'file', 'secretsmanager'])(
    'never repeats what follows %s: where that is the secret itself',
    async (kind) => {
      const secret = 'aTypedSecret7';
      const readSecret = async () => {
        throw Object.assign(new Error(secret), { code: 'ResourceNotFoundException' });
      };
      const resolving = createVault({ environment: {}, readSecret }).resolve(`${kind}:${secret}` as 'env:');

      await expect(resolving).rejects.toThrow(SecretUnavailableError);
      await expect(resolving).rejects.not.toThrow(secret);
    },
  );

  it('reads a FIFO once, and keeps what it gave', async () => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    const vault = createVault({ environment: {} });
    const resolving = vault.resolve(`file:${path}`);
    await appendFile(path, 'Passw0rd\n');

    expect(await resolving).toBe('Passw0rd');
    expect(await vault.resolve(`file:${path}`)).toBe('Passw0rd');
  });

  it('reads a file once, whatever becomes of it', async () => {
    const vault = createVault({ environment: {} });
    const reference = writeSecret('Passw0rd');
    await vault.resolve(reference);
    writeSecret('');

    expect(await vault.resolve(reference)).toBe('Passw0rd');
  });

  it('reads again what could not be read', async () => {
    const environment: NodeJS.ProcessEnv = {};
    const vault = createVault({ environment });
    await expect(vault.resolve('env:NEW')).rejects.toThrow(SecretUnavailableError);
    environment.NEW = 'Passw0rd';

    expect(await vault.resolve('env:NEW')).toBe('Passw0rd');
  });

  it('waits for a FIFO that nobody writes to no longer than its limit', async () => {
    const path = join(folder, 'silent');
    execFileSync('mkfifo', [path]);
    const vault = createVault({ environment: {}, fileLimits: { limitMs: 50, mostBytes: 100 } });

    await expect(vault.resolve(`file:${path}`)).rejects.toThrow('its file gives nothing within 0.05 s');
  });

  it('reads no more than a secret may be long', async () => {
    const vault = createVault({ environment: {}, fileLimits: { limitMs: 1_000, mostBytes: 100 } });

    await expect(vault.resolve('file:/dev/zero')).rejects.toThrow('its file is longer than 100 bytes');
    await expect(vault.resolve(writeSecret('x'.repeat(101)))).rejects.toThrow('its file is longer than 100 bytes');
  });

  it('asks Secrets Manager once, and keeps what it answers', async () => {
    const asked: string[] = [];
    const readSecret = async (where: string) => {
      asked.push(where);
      return { secret: 'Passw0rd', accessKeyId: 'ID' };
    };
    const vault = createVault({ environment: {}, readSecret });

    expect(await vault.findAccessKeyId('secretsmanager:arn:a#STAGE')).toBe('ID');
    expect(await vault.resolve('secretsmanager:arn:a#STAGE')).toBe('Passw0rd');
    expect(await vault.findAccessKeyId('env:NEW')).toBeUndefined();
    expect(asked).toEqual(['arn:a#STAGE']);
    expect(JSON.stringify(vault)).not.toContain('Passw0rd');
  });
});
