/** A stop that is asked for on this machine: a file beside the journal, where the run looks. No signal: its process may be anything. */
import { join } from 'node:path';
import type { Stops } from '../../ports/stops.ts';
import { type Files, nodeFiles } from '../files/files.ts';
import { JournalError } from './errors.ts';

/**
 * A stop that was asked for earlier counts no more: its file is removed, or where the disk refuses that, known by what it
 * holds. Never fails.
 */
export async function openFileStops(folder: string, runId: string, files: Files = nodeFiles): Promise<Stops> {
  const file = stopFile(folder, runId);
  const read = () => files.read(file).then(String, () => undefined);
  await files.remove(file).catch(() => undefined);
  const earlier = await read();
  return {
    async isRequested() {
      const request = await read();
      return request !== undefined && request !== earlier;
    },
  };
}

/** `request`: another one for each that is asked for. @throws {JournalError} where it cannot be written. */
export async function requestFileStop(
  folder: string,
  runId: string,
  request: string,
  files: Files = nodeFiles,
): Promise<void> {
  const file = stopFile(folder, runId);
  try {
    await files.replace(file, request);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new JournalError('unreadable', `cks cannot ask for a stop: ${file} cannot be written (${code ?? message})`, {
      cause,
    });
  }
}

/** Goes with the journal when that is thrown away. */
function stopFile(folder: string, runId: string): string {
  return join(folder, `${runId}.stop`);
}
