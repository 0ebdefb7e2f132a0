/** `file://` and `fileb://` in the place of a value, as the AWS CLI reads them. */
import { homedir } from 'node:os';
import { readTextFile } from '../input/read-file.ts';

/** The path in a value that is one. */
export function findParamFile(value: string): string | undefined {
  return /^fileb?:\/\/(.*)$/s.exec(value)?.[1];
}

/** What the value stands for: the text of its file, or itself. @throws {InvalidInputError} */
export function readParam(option: string, value: string, env: NodeJS.ProcessEnv): string {
  const path = findParamFile(value);
  return path === undefined ? value : readTextFile(option, expandPath(path, env));
}

/** `~` and `$NAME`, also where no shell has seen them. */
export function expandPath(path: string, env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? homedir();
  const expanded = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (word, braced, bare) => env[braced ?? bare] ?? word);
  return expanded.replace(/^~(?=\/|$)/, () => home);
}
