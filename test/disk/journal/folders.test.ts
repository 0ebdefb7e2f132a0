import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { lockFolder, runsFolder, stateFolder } from '../../../src/disk/journal/folders.ts';
import { findWho } from '../../../src/disk/journal/who.ts';

const at = (platform: NodeJS.Platform, environment: Record<string, string> = {}) => ({
  platform,
  environment,
  home: '/home/alice',
});

describe('the state directory', () => {
  it.each([
    ['what was given, before all else', '/given', at('linux', { CKS_STATE_DIR: '/env' }), '/given'],
    ['CKS_STATE_DIR', undefined, at('darwin', { CKS_STATE_DIR: '/env', XDG_STATE_HOME: '/xdg' }), '/env'],
    ['XDG_STATE_HOME', undefined, at('linux', { XDG_STATE_HOME: '/xdg' }), '/xdg/cks-safe-update'],
    [
      'no XDG_STATE_HOME that is relative',
      '',
      at('linux', { XDG_STATE_HOME: 'xdg' }),
      '/home/alice/.local/state/cks-safe-update',
    ],
    ['~/.local/state', undefined, at('linux', { CKS_STATE_DIR: '' }), '/home/alice/.local/state/cks-safe-update'],
    [
      'Application Support',
      undefined,
      at('darwin', { XDG_STATE_HOME: '/xdg' }),
      '/home/alice/Library/Application Support/cks-safe-update',
    ],
    ['LOCALAPPDATA', undefined, at('win32', { LOCALAPPDATA: '/local' }), '/local/cks-safe-update'],
    ['AppData', undefined, at('win32'), '/home/alice/AppData/Local/cks-safe-update'],
  ])('is %s', (_, given, surroundings, expected) => {
    expect(stateFolder(given, surroundings)).toBe(expected);
  });

  it('has the journals in a folder of their own', () => {
    expect(runsFolder('/state')).toBe('/state/runs');
  });
});

describe('the folder of locks', () => {
  it('is one for all processes of a user, wherever they keep their state', () => {
    const lock = lockFolder(at('linux'));
    expect(lock).toBe('/home/alice/.local/state/cks-safe-update/locks');
    expect(lockFolder(at('linux', { CKS_STATE_DIR: '/env', XDG_STATE_HOME: '/xdg', HOME: '/tmp' }))).toBe(lock);
  });

  it('is moved by CKS_LOCK_DIR alone', () => {
    expect(lockFolder(at('linux', { CKS_LOCK_DIR: '/locks' }))).toBe('/locks');
  });
});

it('both are where a Lambda function can write', () => {
  for (const name of ['CKS_STATE_DIR', 'CKS_LOCK_DIR', 'XDG_STATE_HOME']) vi.stubEnv(name, '');
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'rotation');
  expect([stateFolder(), lockFolder()].filter((folder) => !folder.startsWith(tmpdir()))).toEqual([]);
  vi.unstubAllEnvs();
});

it('a journal is signed by the user, host and process that write it', () => {
  const { user, host, pid } = findWho();
  expect(pid).toBe(process.pid);
  expect([user, host].every((word) => word.length > 0)).toBe(true);
});
