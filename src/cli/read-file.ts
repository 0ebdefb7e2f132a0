/** Text that a person has put into a file for an option. */
import { closeSync, openSync, readSync } from 'node:fs';
import { InvalidInputError } from '../run/errors.ts';

/** Far more than any input of KMS is long. */
const longestBytes = 1_048_576;

/** @throws {InvalidInputError} when it cannot be read, is too long or is no UTF-8; what is in it is not told */
export function readTextFile(option: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readSome(path);
  } catch (error) {
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

/** A chunk more than is allowed, at most: a device may never end. */
function readSome(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= longestBytes) {
      const chunk = Buffer.alloc(65_536);
      const count = readSync(file, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}
