/**
 * A `credential_process` that does not answer ends with the time limit of the question that started it. The SDK starts it
 * without a limit and offers no option for one, but takes another `exec` from the place where it also takes tokens.
 */
import { type ChildProcess, exec } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { externalDataInterceptor } from '@smithy/core/config';
import { findLimit } from './time-limit.ts';

type Done = (error: Error | null, output?: { readonly stdout: string; readonly stderr: string }) => void;

const running = new Set<ChildProcess>();
let isInstalled = false;

/** From now on, for every client of this process. */
export function limitCredentialProcesses(): void {
  if (isInstalled) return;
  isInstalled = true;
  externalDataInterceptor.interceptToken('exec', execute);
  process.on('exit', () => {
    for (const child of running) kill(child);
  });
}

function execute(command: string, done: Done): void {
  const limit = findLimit();
  const child = exec(command, (error, stdout, stderr) => {
    running.delete(child);
    if (error) done(error);
    else done(null, { stdout, stderr });
  });
  running.add(child);
  if (limit === undefined) return;
  limit.waitsFor = 'credential_process';
  limit.signal.addEventListener('abort', () => running.has(child) && kill(child), { once: true });
}

/** With what the shell has started: that would keep the pipes open, and so this process alive. */
function kill(child: ChildProcess): void {
  const { pid } = child;
  for (const one of pid === undefined ? [] : listDescendants(pid)) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.kill('SIGKILL');
}

/** Linux alone tells; elsewhere the shell runs a single command in its own place. */
function listDescendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => [...listDescendants(child), child]);
  } catch {
    return [];
  }
}
