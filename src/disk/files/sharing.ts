/** Who may use the files of a folder: this user alone, or everyone to whom the owner of the folder has opened it. */
import { statSync } from 'node:fs';

/** `gid`: the group that a new file gets; null: that of its user. */
export interface Sharing {
  readonly mode: number;
  readonly gid: number | null;
}

export const keepPrivate: Sharing = { mode: 0o600, gid: null };

/**
 * Files in a folder that a group, or everyone, may write can be read and written by the same people. A folder that is
 * not there yet is made for this user alone.
 *
 * @throws for a folder that everyone may write and that has no sticky bit: anyone could replace the files in it.
 */
export function readSharing(folder: string): Sharing {
  const found = statSync(folder, { throwIfNoEntry: false });
  // The modes that Node.js shows on Windows say nothing of the access control list.
  if (found === undefined || process.platform === 'win32') return keepPrivate;
  const { mode, gid } = found;
  const isForEveryone = (mode & 0o002) !== 0;
  const isForGroup = (mode & 0o020) !== 0;
  if (isForEveryone && (mode & 0o1000) === 0) {
    const shown = (mode & 0o7777).toString(8);
    throw new Error(`everyone can replace files in ${folder} (mode ${shown}): set its sticky bit (chmod +t)`);
  }
  if (isForEveryone) return { mode: 0o666, gid };
  return isForGroup ? { mode: 0o660, gid } : keepPrivate;
}
