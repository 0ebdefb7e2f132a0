/** Makes the folder of the locks, one part at a time: asked to make all of a path, Node.js may never come back from `/proc`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only for this user; none is an error that is there already. */
export function makeFolder(folder: string): void {
  if (isMade(folder) || dirname(folder) === folder) return;
  makeFolder(dirname(folder));
  // Throws where even that did not help.
  if (!isMade(folder)) mkdirSync(folder, { mode: 0o700 });
}

/** False: the folder above is missing. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'EEXIST') return true;
    throw error;
  }
}
