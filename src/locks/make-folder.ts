/** Makes the folder of the locks, one part at a time: asked to make all of a path, Node.js may never come back from `/proc`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only for this user; none is an error that is there already. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
