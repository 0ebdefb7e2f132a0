import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSharing } from '../../../src/disk/files/sharing.ts';
import { makeFolder } from '../../support/journals.ts';

function makeFolderOf(mode: number): string {
  const folder = join(makeFolder(), 'locks');
  mkdirSync(folder);
  chmodSync(folder, mode);
  return folder;
}

describe.skipIf(process.platform === 'win32')('the files of a folder', () => {
  it.each([0o700, 0o755, 0o500])('are for their user alone where the folder is, mode %o', (mode) => {
    expect(readSharing(makeFolderOf(mode))).toEqual({ mode: 0o600, gid: null });
  });

  it.each([
    [0o770, 0o660],
    [0o2775, 0o660],
    [0o1777, 0o666],
    [0o1773, 0o666],
  ])('are for everyone who may write the folder, mode %o', (mode, expected) => {
    const folder = makeFolderOf(mode);
    expect(readSharing(folder)).toEqual({ mode: expected, gid: statSync(folder).gid });
  });

  it.each([0o777, 0o2777, 0o703])('are refused where everyone could replace them, mode %o', (mode) => {
    expect(() => readSharing(makeFolderOf(mode))).toThrow(/^everyone can replace files in .*: set its sticky bit/);
  });

  it('are for their user alone where the folder is not there yet', () => {
    expect(readSharing(join(makeFolder(), 'missing'))).toEqual({ mode: 0o600, gid: null });
  });
});
