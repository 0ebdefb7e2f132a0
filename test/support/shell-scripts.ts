/** Shell scripts of `examples`, run with commands of the test's own in the place of those that they call. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from './command.ts';

/** `cks` as it was built. */
export const builtCks = `exec '${process.execPath}' '${bin}' "$@"`;

/** Makes a folder with these commands, name -> script, for the head of a PATH. */
export function makeCommands(folder: string, commands: Readonly<Record<string, string>>): string {
  const path = join(folder, 'bin');
  mkdirSync(path, { recursive: true });
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return path;
}

export async function runShell(
  words: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<{ readonly exitCode: number | null; readonly printed: string }> {
  const [command, ...rest] = words;
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd ? { cwd } : {}) });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, printed };
}
