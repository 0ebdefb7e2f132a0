/** What a disk is asked for: names that can be guessed lead to no other file. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { openShared } from '../../../src/disk/files/open-shared.ts';
import { keepPrivate } from '../../../src/disk/files/sharing.ts';
import { makeFolder } from '../../support/journals.ts';

/** A file of the user's own, and a link to it under a name that we use. */
function plantLink(folder: string): { own: string; link: string } {
  const [own, link] = [join(folder, 'own'), join(folder, 'link')];
  writeFileSync(own, 'mine');
  symlinkSync(own, link);
  return { own, link };
}

const makePipe = (file: string) => execFileSync('mkfifo', [file]);

describe.skipIf(process.platform === 'win32')('a symbolic link', () => {
  it('is not opened to be written', async () => {
    const { own, link } = plantLink(makeFolder());
    await expect(nodeFiles.open(link)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(nodeFiles.create(link)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(() => openShared(link, keepPrivate)).toThrow(/ELOOP/);
    expect(readFileSync(own, 'utf8')).toBe('mine');
  });

  it('is replaced, and what it leads to stays as it is', async () => {
    const { own, link } = plantLink(makeFolder());
    await nodeFiles.replace(link, 'ours');
    expect([readFileSync(own, 'utf8'), readFileSync(link, 'utf8')]).toEqual(['mine', 'ours']);
    expect(lstatSync(link).isSymbolicLink()).toBe(false);
  });

  it('that leads nowhere makes no file there', () => {
    const folder = makeFolder();
    symlinkSync(join(folder, 'victim'), join(folder, 'link'));
    expect(() => openShared(join(folder, 'link'), keepPrivate)).toThrow(/ELOOP/);
    expect(readdirSync(folder)).toEqual(['link']);
  });
});

describe.skipIf(process.platform === 'win32')('what is no regular file', () => {
  it('is neither waited for nor read nor written: a named pipe', async () => {
    const pipe = join(makeFolder(), 'pipe');
    makePipe(pipe);
    await expect(nodeFiles.read(pipe)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(nodeFiles.open(pipe)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(() => openShared(pipe, keepPrivate)).toThrow(/not a regular file/);
  });

  it('is not read: a folder', async () => {
    await expect(nodeFiles.read(makeFolder())).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe.skipIf(process.platform === 'win32')('a file that is shared', () => {
  it('has the mode that its folder gives it, whatever the umask takes', async () => {
    const folder = makeFolder();
    const { gid } = statSync(folder);
    await nodeFiles.replace(join(folder, 'a'), 'text', { mode: 0o666, gid });
    closeSync(openShared(join(folder, 'b'), { mode: 0o660, gid }));
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o666);
    expect(statSync(join(folder, 'b')).mode & 0o777).toBe(0o660);
  });

  it('is not opened under a second name of a file elsewhere', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'own'), 'mine');
    linkSync(join(folder, 'own'), join(folder, 'planted'));
    expect(() => openShared(join(folder, 'planted'), { mode: 0o666, gid: null })).toThrow(/one name/);
  });

  it('is opened again as it was made', () => {
    const file = join(makeFolder(), 'lock');
    closeSync(openShared(file, keepPrivate));
    closeSync(openShared(file, keepPrivate));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

it('tries whether a file could be replaced without a trace', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'count'), 'old');
  await nodeFiles.tryReplace(join(folder, 'count'), 'new');
  expect([readdirSync(folder), readFileSync(join(folder, 'count'), 'utf8')]).toEqual([['count'], 'old']);
});

it('leaves no draft where a file cannot be replaced', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'count', 'inside'), { recursive: true });
  await expect(nodeFiles.replace(join(folder, 'count'), 'new')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['count']);
});
