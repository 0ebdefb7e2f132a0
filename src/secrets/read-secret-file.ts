/** Reads the file that holds a secret. It may be a FIFO, `<(command)` or `/dev/stdin`, which give their content once. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretUnavailableError } from '../ports/secrets.ts';

export interface FileLimits {
  readonly limitMs: number;
  readonly mostBytes: number;
}

/** More than any secret of KMS has, and as long as a command behind `<(...)` may take. */
const usual: FileLimits = { limitMs: 10_000, mostBytes: 65_536 };

/** Node.js has no event for "a FIFO has more". */
const pollMs = 20;

/**
 * @throws {SecretUnavailableError} when it is too long, or gives nothing in time
 * @throws what Node.js throws when it cannot be read
 */
export async function readSecretFile(path: string, { limitMs, mostBytes }: FileLimits = usual): Promise<string> {
  // Opened without blocking: a FIFO without a writer would hold a thread of Node.js forever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readAll(file, performance.now() + limitMs, { limitMs, mostBytes });
  } finally {
    await file.close();
  }
}

async function readAll(file: FileHandle, endsAtMs: number, { limitMs, mostBytes }: FileLimits): Promise<string> {
  const isFile = (await file.stat()).isFile();
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = await readSome(file, mostBytes + 1 - length);
    if (chunk && chunk.length > 0) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) throw new SecretUnavailableError(`its file is longer than ${mostBytes} bytes`);
      continue;
    }
    // An end without a beginning: a FIFO that was not opened for writing yet looks so.
    if (chunk && (isFile || length > 0)) return Buffer.concat(chunks).toString('utf8');
    if (performance.now() >= endsAtMs)
      throw new SecretUnavailableError(`its file gives nothing within ${limitMs / 1_000} s`);
    await sleep(pollMs);
  }
}

/** Empty: at its end. Undefined: nothing is there yet. */
async function readSome(file: FileHandle, bytes: number): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(bytes, 16_384)), 0, undefined, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
