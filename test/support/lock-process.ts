/** Another process of this machine that takes a lock and keeps it until it is told to end, or is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LockOwner } from '../../src/ports/lock.ts';

const built = resolve(import.meta.dirname, '../../dist/src/disk/locks/store-lock.js');

const program = `
  const [built, options, store] = process.argv.slice(1);
  const { createStoreLock } = await import(built);
  const lock = createStoreLock({ ...JSON.parse(options), clock: { now: () => 1000 } });
  lock.recordStep('5.settleStore');
  process.send({ owner: await lock.acquire(store) });
  process.on('message', async () => { await lock.release(null); process.send({}); });
`;

export interface OtherProcess {
  readonly pid: number;
  /** Who was in its way; null: it has the lock. */
  readonly owner: LockOwner | null;
  release(): Promise<void>;
  /** Gone without a word, as by `kill -9`. */
  kill(): Promise<void>;
}

export async function lockElsewhere(
  options: { readonly folder: string; readonly runId: string },
  store: string,
): Promise<OtherProcess> {
  const words = ['--input-type=module', '--eval', program, built, JSON.stringify(options), store];
  const child: ChildProcess = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [{ owner }] = (await once(child, 'message')) as [{ owner: LockOwner | null }];
  return {
    pid: child.pid ?? 0,
    owner,
    async release() {
      child.send('release');
      await once(child, 'message');
    },
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
