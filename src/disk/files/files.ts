/**
 * The few things that journals, counts and canaries ask of a disk. Injected, so that each of them can fail in a test.
 * Their names can be guessed, so nothing is written through a symbolic link.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepPrivate, type Sharing } from './sharing.ts';

export interface OpenFile {
  /** Writes all of it at this byte of the file. */
  write(text: string, position: number): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /** Makes the folder and those above it, each only for this user; none is an error that is there already. */
  makeFolder(folder: string): Promise<void>;
  /** Makes the file, only for this user. @throws EEXIST */
  create(file: string): Promise<OpenFile>;
  /** @throws ELOOP for a symbolic link, EINVAL for anything else that is not a regular file. */
  open(file: string): Promise<OpenFile>;
  /** Puts a whole text in the place of what the file held, if there was one: all of it or nothing. Default: for this user. */
  replace(file: string, text: string, sharing?: Sharing): Promise<void>;
  /** Finds out whether `replace` could write as much beside the file, and leaves the file as it is. */
  tryReplace(file: string, text: string): Promise<void>;
  /** Resolves when the names in the folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
  /** @throws EINVAL for anything that is not a regular file. */
  read(file: string): Promise<Buffer>;
  list(folder: string): Promise<readonly string[]>;
  remove(file: string): Promise<void>;
}

export const nodeFiles: Files = {
  makeFolder,
  create: async (file) => wrap(await create(file)),
  open: async (file) => wrap(await openExisting(file)),
  replace,
  tryReplace: async (file, text) => rm(await writeDraft(file, text, keepPrivate)),
  syncFolder,
  read,
  list: (folder) => readdir(folder),
  remove: (file) => unlink(file),
};

/** Windows knows neither; there a file that is no regular one cannot be planted by another user. */
const { O_RDONLY, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

const create = (file: string) => open(file, 'wx', 0o600);

async function openExisting(file: string): Promise<FileHandle> {
  return requireRegular(await open(file, O_RDWR | O_NOFOLLOW | O_NONBLOCK), file);
}

/** Without O_NONBLOCK a named pipe would never open. */
async function read(file: string): Promise<Buffer> {
  const handle = await requireRegular(await open(file, O_RDONLY | O_NONBLOCK), file);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function requireRegular(handle: FileHandle, file: string): Promise<FileHandle> {
  const isRegular = await handle.stat().then(
    (found) => found.isFile(),
    () => false,
  );
  if (isRegular) return handle;
  await handle.close();
  throw Object.assign(new Error(`EINVAL: ${file} is not a regular file`), { code: 'EINVAL' });
}

function wrap(handle: FileHandle): OpenFile {
  return {
    async write(text, position) {
      const bytes = Buffer.from(text);
      // A disk that is nearly full takes a part and says so only by the count.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

async function replace(file: string, text: string, sharing: Sharing = keepPrivate): Promise<void> {
  const draft = await writeDraft(file, text, sharing);
  try {
    await rename(draft, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(draft, { force: true });
    // In a folder with the sticky bit only the owner of a file may put another one in its place.
    if (sharing === keepPrivate || !(hasCode(error, 'EPERM') || hasCode(error, 'EACCES'))) throw error;
    await overwrite(file, text);
  }
}

/** In one write, shorter than a sector of the disk; what a power cut leaves of it is no JSON. */
async function overwrite(file: string, text: string): Promise<void> {
  const handle = await openExisting(file);
  const opened = wrap(handle);
  try {
    // A second name may be that of a file of ours elsewhere, which an attacker wants cks to overwrite.
    if ((await handle.stat()).nlink > 1) throw new Error(`${file} has a second name`);
    await opened.write(text, 0);
    await opened.truncate(Buffer.byteLength(text));
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** Its name cannot be guessed, so it cannot be a link of an attacker. */
async function writeDraft(file: string, text: string, { mode, gid }: Sharing): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await create(draft);
  try {
    if (mode !== keepPrivate.mode) await handle.chmod(mode);
    // Who is not in the group of the folder shares with their own.
    if (gid !== null) await handle.chown((await handle.stat()).uid, gid).catch(() => undefined);
    const opened = wrap(handle);
    await opened.write(text, 0);
    await opened.sync();
    return draft;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** One by one: made as a whole by Node.js, a read-only disk would pass for a folder that is missing. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    // Another process may have made it meanwhile.
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  }
  await syncFolder(dirname(folder));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and keeps their names without being asked.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // A network file system may know no sync of a folder.
    if (!hasCode(error, 'EINVAL')) throw error;
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
