/** The few things a journal and what is kept beside it ask of a disk. Injected, so that each of them can fail in a test. */
import { mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

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
  open(file: string): Promise<OpenFile>;
  /** Puts a whole text in the place of what the file held, if there was one: all of it or nothing. */
  replace(file: string, text: string): Promise<void>;
  /** Resolves when the names in the folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
  read(file: string): Promise<Buffer>;
  list(folder: string): Promise<readonly string[]>;
  remove(file: string): Promise<void>;
}

export const nodeFiles: Files = {
  makeFolder,
  create: (file) => openFile(file, 'wx'),
  open: (file) => openFile(file, 'r+'),
  replace,
  syncFolder,
  read: (file) => readFile(file),
  list: (folder) => readdir(folder),
  remove: (file) => unlink(file),
};

async function openFile(file: string, flags: string): Promise<OpenFile> {
  const handle = await open(file, flags, 0o600);
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

async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    const opened = await openFile(draft, 'w');
    try {
      await opened.write(text, 0);
      await opened.sync();
    } finally {
      await opened.close();
    }
    await rename(draft, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
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
