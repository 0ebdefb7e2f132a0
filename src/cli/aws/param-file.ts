/** `file://` and `fileb://` in the place of a value, as the AWS CLI reads them. */
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { InvalidInputError } from '../../run/errors.ts';

/** Far more than any input of KMS is long. */
const longestBytes = 1_048_576;

/** The path in a value that is one. */
export function findParamFile(value: string): string | undefined {
  return /^fileb?:\/\/(.*)$/s.exec(value)?.[1];
}

/** What the value stands for: the text of its file, or itself. @throws {InvalidInputError} */
export async function readParam(option: string, value: string, env: NodeJS.ProcessEnv): Promise<string> {
  const path = findParamFile(value);
  return path === undefined ? value : readTextFile(option, expandPath(path, env));
}

/** `~` and `$NAME`, also where no shell has seen them. */
export function expandPath(path: string, env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? homedir();
  const expanded = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (word, braced, bare) => env[braced ?? bare] ?? word);
  return expanded.replace(/^~(?=\/|$)/, () => home);
}

/** @throws {InvalidInputError} when it cannot be read, is too long or is no UTF-8; what is in it is not told */
export async function readTextFile(option: string, path: string): Promise<string> {
  const bytes = await readSome(path).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`${option}: its file cannot be read (${error.code ?? 'unknown error'})`);
  });
  if (bytes.length > longestBytes) throw new InvalidInputError(`${option}: its file is longer than 1 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(`${option}: its file is not valid UTF-8`);
  }
}

/** A byte more than is allowed, at most: a device may never end. */
async function readSome(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= longestBytes) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(65_536) });
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}
