/** Text that a person has put into a file for an option. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InvalidInputError } from '../../run/errors.ts';

/** Far more than any input of KMS is long. */
const longestBytes = 1_048_576;

/** @throws {InvalidInputError} when it cannot be read, is too long or is no UTF-8; what is in it is not told */
export function readTextFile(option: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readSome(path);
  } catch (error) {
    if (error instanceof SilentFileError) throw new InvalidInputError(`${option}: ${error.message}`);
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new InvalidInputError(`${option}: its file cannot be read (${code})`);
  }
  if (bytes.length > longestBytes) throw new InvalidInputError(`${option}: its file is longer than 1 MiB`);
  return decode(bytes, `${option}: its file`);
}

/** @throws {InvalidInputError} when it is no UTF-8 */
export function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(`${what} is not valid UTF-8`);
  }
}

/** The file is a FIFO, a terminal or the like that gives nothing. */
class SilentFileError extends Error {}

/** As long as a command behind `<(...)` may take. */
const limitMs = 10_000;
const pollMs = 20;

/**
 * A chunk more than is allowed, at most: a device may never end. Opened without blocking: this process could not be stopped
 * while it waits for a FIFO without a writer.
 */
function readSome(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isFile = fstatSync(file).isFile();
    const endsAtMs = performance.now() + limitMs;
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= longestBytes) {
      const chunk = readChunk(file);
      if (chunk && chunk.length > 0) {
        chunks.push(chunk);
        length += chunk.length;
        continue;
      }
      // An end without a beginning: a FIFO that was not opened for writing yet looks so.
      if (chunk && (isFile || length > 0)) break;
      if (performance.now() >= endsAtMs)
        throw new SilentFileError(`its file gives nothing within ${limitMs / 1_000} s`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}

/** Empty: at its end. Undefined: nothing is there yet. */
function readChunk(file: number): Buffer | undefined {
  const chunk = Buffer.alloc(65_536);
  try {
    return chunk.subarray(0, readSync(file, chunk));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
