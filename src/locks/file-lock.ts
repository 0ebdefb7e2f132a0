/**
 * A file that one process at a time may hold. Who holds it stands in a second file beside it, because Windows lets nobody
 * read a locked one. Both stay behind: to remove a lock's file while somebody opens it would make two holders.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LockError, type LockHolder } from '../ports/lock.ts';
import { loadTryLock, type TryLock } from './kernel.ts';
import { makeFolder } from './make-folder.ts';

export interface HeldLock {
  /** What the holder is doing, for whoever asks. Never fails. */
  tell(step: string): void;
  release(): void;
}

/** `holder`: who has it; its words are `unknown` where it has not told yet. */
export type Taken = { readonly held: HeldLock } | { readonly holder: LockHolder };

/** @throws {LockError} where no lock can be taken at all. */
export async function lockFile(
  file: string,
  holder: LockHolder,
  load: () => Promise<TryLock> = loadTryLock,
): Promise<Taken> {
  const tryLock = await load();
  for (let triesLeft = 3; ; triesLeft -= 1) {
    const fd = openLocked(file, tryLock);
    if (fd !== undefined) return { held: hold(fd, file, holder) };
    const told = readHolder(file);
    if (told && (isAlive(told.pid) || triesLeft === 0)) return { holder: told };
    if (triesLeft === 0) return { holder: { runId: 'unknown', pid: 0, sinceMs: holder.sinceMs, step: 'unknown' } };
    // The holder has locked it this instant and not told yet; what stands there is of one that is gone.
    await setTimeout(20);
  }
}

function openLocked(file: string, tryLock: TryLock): number | undefined {
  let fd: number | undefined;
  try {
    makeFolder(dirname(file));
    fd = openSync(file, 'a+', 0o600);
    if (tryLock(fd)) return fd;
    closeSync(fd);
    return undefined;
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    const message = `the lock ${file} cannot be taken (${(cause as Error).message}), so nothing was sent. Mend the permissions, or name a folder on a local disk with CKS_LOCK_DIR: the same one for everybody who acts on the store.`;
    throw new LockError(message, { cause });
  }
}

function hold(lockFd: number, file: string, holder: LockHolder): HeldLock {
  let fds = [lockFd];
  let card: number | undefined;
  quietly(() => {
    card = openSync(holderFile(file), 'w', 0o600);
    fds = [card, lockFd];
  });
  const tell = (step: string) =>
    quietly(() => {
      if (card === undefined || fds.length === 0) return;
      // One write of one width: who reads meanwhile sees the old card or the new one.
      writeSync(card, `${JSON.stringify({ ...holder, step: step.slice(0, 80) }).padEnd(cardWidth)}\n`, 0);
    });
  tell(holder.step);
  return {
    tell,
    release() {
      quietly(() => {
        if (card !== undefined) ftruncateSync(card);
      });
      for (const fd of fds) quietly(() => closeSync(fd));
      fds = [];
    },
  };
}

const cardWidth = 255;

function holderFile(file: string): string {
  return `${file}.holder`;
}

function readHolder(file: string): LockHolder | undefined {
  try {
    const { runId, pid, sinceMs, step } = JSON.parse(readFileSync(holderFile(file), 'utf8'));
    return { runId: String(runId), pid: Number(pid), sinceMs: Number(sinceMs), step: String(step) };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The lock holds without its card. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Said to nobody: it only tells others who we are.
  }
}
