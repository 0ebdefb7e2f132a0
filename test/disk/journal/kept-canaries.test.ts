import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { createKeptCanaries } from '../../../src/disk/journal/kept-canaries.ts';
import type { Canary } from '../../../src/domain/key-verification.ts';
import { KeptCanariesError } from '../../../src/ports/key-verifier.ts';
import { makeFolder } from '../../support/journals.ts';

const place = { account: '111122223333', region: 'us-east-1' };
const id = 'cks-1234567890abcdef0';
const canary: Canary = {
  keyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  ciphertext: 'AQID',
  sha256: 'a'.repeat(64),
  encryptionContext: { purpose: 'cks-safe-update canary', runId: 'run-1' },
  encryptedAtMs: 0,
};

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

const open = (where: object = {}, within = folder) =>
  createKeptCanaries(join(within, 'canaries'), { ...place, ...where });
const fileOf = (name = `us-east-1.${id}.json`) => join(folder, 'canaries', name);

describe('canaries that are kept', () => {
  it('come back as they were, from a file that only this user can read', async () => {
    await open().write(id, [canary, canary]);
    await open().write(id, [canary]);

    expect(await open().read(id)).toEqual([canary]);
    expect(readdirSync(join(folder, 'canaries'))).toEqual([`us-east-1.${id}.json`]);
    expect(statSync(fileOf()).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['Region', { region: 'eu-central-1' }],
    ['endpoint', { endpoint: 'http://127.0.0.1:8080' }],
  ])('are those of one %s', async (_, elsewhere) => {
    await open().write(id, [canary]);
    expect(await open(elsewhere).read(id)).toEqual([]);
    expect(await open().read('cks-other')).toEqual([]);
  });

  it('are found whether the account is known or not', async () => {
    await open({ account: 'unknown' }).write(id, [canary]);
    expect(await open().read(id)).toEqual([canary]);
    await open().write(id, [canary, canary]);
    expect(await open({ account: 'unknown' }).read(id)).toHaveLength(2);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'another store',
      (text) => text.replace(id, 'cks-0fedcba0987654321'),
      /another store: its customKeyStoreId is .*Move it away, and create new canaries\.$/,
    ],
    ['another account', (text) => text.replace('"111122223333"', '"444455556666"'), /another store: its account is/],
    [
      'a newer version',
      (text) => text.replace('"schema": 1', '"schema": 2'),
      /newer version of cks\. Use that version, or move the file away/,
    ],
    [
      'nothing',
      () => '',
      /holds no canaries that cks can read: it was changed or is incomplete\. Restore it from a backup, or move it away/,
    ],
    ['null', () => 'null', /holds no canaries/],
    ['half of it', (text) => text.slice(0, 100), /holds no canaries/],
    ['a list', () => '[]', /holds no canaries/],
    ['no canary', (text) => text.replace('"keyId"', '"key"'), /holds no canaries/],
    ['a ciphertext that is null', (text) => text.replace('"AQID"', 'null'), /holds no canaries/],
    ['a ciphertext that is a number', (text) => text.replace('"AQID"', '1234'), /holds no canaries/],
    ['no ciphertext', (text) => text.replace('"ciphertext"', '"cipher"'), /holds no canaries/],
    ['a ciphertext that is a list', (text) => text.replace('"AQID"', '["AQID"]'), /holds no canaries/],
    [
      'a context that is a list',
      (text) => text.replace(/"encryptionContext": \{[^}]*\}/, '"encryptionContext": []'),
      /holds no canaries/,
    ],
    ['a hash that is none', (text) => text.replace('a'.repeat(64), 'b'), /holds no canaries/],
  ])('are refused where the file holds %s', async (_, alter, message) => {
    await open().write(id, [canary]);
    writeFileSync(fileOf(), alter(readFileSync(fileOf(), 'utf8')));

    const read = open().read(id);
    await expect(read).rejects.toThrow(KeptCanariesError);
    await expect(read).rejects.toThrow(message);
  });

  it('say by the file that they cannot be read or written', async () => {
    const fail = async () => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    const broken = createKeptCanaries(folder, place, { ...nodeFiles, read: fail, replace: fail });

    await expect(broken.read(id)).rejects.toThrow(`${id}.json cannot be read (EACCES)`);
    await expect(broken.write(id, [canary])).rejects.toThrow(`${id}.json cannot be written (EACCES)`);
  });

  it('stay as they were where somebody was killed while he wrote new ones', async () => {
    await open().write(id, [canary]);
    writeFileSync(`${fileOf()}.4711`, '{ "schema": 1, "canaries": [');
    expect(await open().read(id)).toEqual([canary]);
    await open().write(id, [canary, canary]);
    expect(await open().read(id)).toHaveLength(2);
  });

  it('stay as they were where new ones cannot be written whole', async () => {
    await open().write(id, [canary]);
    rmSync(fileOf());
    await nodeFiles.makeFolder(fileOf());

    await expect(open().write(id, [canary])).rejects.toThrow(KeptCanariesError);
    expect(readdirSync(join(folder, 'canaries'))).toEqual([`us-east-1.${id}.json`]);
  });
});
