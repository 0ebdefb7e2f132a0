/** Small disks for tests, which only root may make. */
import { execFileSync, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { makeFolder } from './journals.ts';

export function canMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  // Its own view of the disks, gone at once.
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

/** A disk of its own. */
export function mount(size: string): string {
  const folder = makeFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  unmountLater(folder);
  return folder;
}

/** The same disk again, where nothing can be written to it. */
export function mountReadOnly(disk: string): string {
  const folder = makeFolder();
  execFileSync('mount', ['--bind', disk, folder]);
  unmountLater(folder);
  execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
  return folder;
}

function unmountLater(folder: string): void {
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
}
