/** The journals of a folder: read one, list all, remove one. */
import { join } from 'node:path';
import { createGate } from '../../domain/gate.ts';
import { type Files, nodeFiles } from '../files/files.ts';
import { type Digest, digestJournal } from './digest.ts';
import { JournalError } from './errors.ts';
import { type JournalContents, parseJournal } from './parse.ts';

const ending = '.ndjson';

/** While one journal is parsed, the next are read. */
const readAtOnce = 16;

export function journalFile(folder: string, runId: string): string {
  return join(folder, `${runId}${ending}`);
}

/** Held by the process that carries the run; goes with the journal when that is thrown away. */
export function runLockFile(folder: string, runId: string): string {
  return join(folder, `${runId}.lock`);
}

/** @throws {JournalError} */
export async function readJournal(folder: string, runId: string, files: Files = nodeFiles): Promise<JournalContents> {
  const unknown = new JournalError('unknown', `there is no run ${runId} in ${folder}; cks runs lists them`);
  // It becomes a file's name, and may come from a command line.
  if (!/^[\w-]+$/.test(runId)) throw unknown;
  const file = journalFile(folder, runId);
  const bytes = await files.read(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw unknown;
    throw unreadable(file, error);
  });
  return parseJournal(bytes, file);
}

/** Whether a journal that cannot be trusted has this word somewhere, or cannot even be looked into. */
export async function mayName(word: string, folder: string, runId: string, files: Files = nodeFiles): Promise<boolean> {
  const bytes = await files.read(journalFile(folder, runId)).catch(() => undefined);
  // Windows PowerShell writes text in UTF-16.
  return bytes === undefined || bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le'));
}

/** `problem`: why there is no digest. */
export type Listed = { readonly runId: string } & ({ readonly digest: Digest } | { readonly problem: JournalError });

/** All runs, oldest first; a journal that cannot be read is listed with its problem. @throws {JournalError} */
export async function listJournals(folder: string, files: Files = nodeFiles): Promise<readonly Listed[]> {
  const runIds = (await listNames(folder, files))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
  const inTurn = createGate(readAtOnce);
  return Promise.all(runIds.sort().map((runId) => inTurn(() => listJournal(folder, runId, files))));
}

async function listJournal(folder: string, runId: string, files: Files): Promise<Listed> {
  try {
    return { runId, digest: digestJournal(await readJournal(folder, runId, files)) };
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { runId, problem: error };
  }
}

/**
 * Removes a journal, and then what stands beside it. Hold the lock of the run: a process that carries the run writes to
 * its journal.
 *
 * @throws {JournalError}
 */
export async function removeJournal(folder: string, runId: string, files: Files = nodeFiles): Promise<void> {
  const journal = `${runId}${ending}`;
  const names = (await listNames(folder, files)).filter((name) => name.startsWith(`${runId}.`));
  for (const name of [journal, ...names.filter((name) => name !== journal)]) {
    await files.remove(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw unreadable(folder, error);
    });
  }
}

async function listNames(folder: string, files: Files): Promise<readonly string[]> {
  return files.list(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
}

function unreadable(path: string, cause: NodeJS.ErrnoException): JournalError {
  return new JournalError('unreadable', `${path} cannot be read or written (${cause.code ?? cause.message})`, {
    cause,
  });
}
