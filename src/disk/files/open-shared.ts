/** Opens files whose names anyone can guess, in a folder that others may write too. */
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, readSync } from 'node:fs';
import { keepPrivate, type Sharing } from './sharing.ts';

/** Windows knows neither; there a file that is no regular one cannot be planted by another user. */
const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Opens the file to read and write, and makes it where it is missing. An existing one is opened without O_CREAT, which
 * Linux forbids for another user's file in a folder with the sticky bit (fs.protected_regular).
 *
 * @throws for a symbolic link, for what is no regular file, and in a shared folder for a file that has a second name.
 */
export function openShared(file: string, sharing: Sharing): number {
  for (;;) {
    const existing = openUnless('ENOENT', file, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
    if (existing !== undefined) return requireOwnFile(existing, file, sharing !== keepPrivate);
    const made = openUnless('EEXIST', file, O_RDWR | O_CREAT | O_EXCL, sharing.mode);
    if (made !== undefined) return share(made, sharing);
  }
}

/** @throws for a file that is missing, and as `openShared` does. */
export function openToRead(file: string): number {
  return requireOwnFile(openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file, false);
}

/** At most so many bytes of what stands in the file now. @throws as `openToRead` does. */
export function readShared(file: string, bytesAtMost: number): string {
  const fd = openToRead(file);
  try {
    const bytes = Buffer.alloc(bytesAtMost);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytesAtMost, 0));
  } finally {
    closeSync(fd);
  }
}

function openUnless(expected: string, file: string, flags: number, mode?: number): number | undefined {
  try {
    return openSync(file, flags, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return undefined;
    throw error;
  }
}

/** A second name may be that of a file of ours elsewhere, which an attacker wants cks to overwrite. */
function requireOwnFile(fd: number, file: string, hasOneName: boolean): number {
  const found = fstatSync(fd);
  if (found.isFile() && !(hasOneName && found.nlink > 1)) return fd;
  closeSync(fd);
  throw new Error(`${file} is not a regular file with one name`);
}

function share(fd: number, sharing: Sharing): number {
  if (sharing === keepPrivate) return fd;
  // The umask has taken from the mode.
  fchmodSync(fd, sharing.mode);
  try {
    if (sharing.gid !== null) fchownSync(fd, fstatSync(fd).uid, sharing.gid);
  } catch {
    // Who is not in the group of the folder shares with their own.
  }
  return fd;
}
