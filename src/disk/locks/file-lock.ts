/**
 * A file that one process at a time may lock. A second file beside it names the owner, because no process can read a locked
 * file on Windows. Both stay behind: to remove a lock's file while another process opens it would make two owners.
 */
import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LockError, type LockOwner } from '../../ports/lock.ts';
import { nodeFiles } from '../files/files.ts';
import { openShared, openToRead, readShared } from '../files/open-shared.ts';
import { keepPrivate, readSharing, type Sharing } from '../files/sharing.ts';
import { loadTryLock, type TryLock } from './kernel.ts';

export interface HeldLock {
  /** What the owner is doing, for other processes. Never fails. */
  recordStep(step: string): void;
  release(): void;
}

/** `holder`: who has it; its words are `unknown` where it has not told yet. */
export type Taken = { readonly held: HeldLock } | { readonly owner: LockOwner };

export interface FileLockOptions {
  /** Its files are for everyone who may write its folder; default: for this user alone. */
  readonly isShared?: boolean;
  /** Default: the kernel's. */
  readonly load?: () => Promise<TryLock>;
}

/** @throws {LockError} where no lock can be taken at all, and it cannot be seen that another process has it. */
export async function lockFile(
  file: string,
  owner: LockOwner,
  { isShared = false, load = loadTryLock }: FileLockOptions = {},
): Promise<Taken> {
  const tryLock = await load();
  for (let triesLeft = 3; ; triesLeft -= 1) {
    const locked = await openLocked(file, isShared, tryLock);
    if (locked !== undefined) return { held: hold(locked, file, owner) };
    const told = readLockOwner(file);
    if (told && (isAlive(told.pid) || triesLeft === 0)) return { owner: told };
    if (triesLeft === 0) return { owner: { runId: 'unknown', pid: 0, sinceMs: owner.sinceMs, step: 'unknown' } };
    // The holder has locked it this instant and not told yet; what stands there is of one that is gone.
    await setTimeout(20);
  }
}

/**
 * Who holds the lock now, without taking it; null: no process does, or the file cannot be read.
 *
 * @throws {LockError} where this machine has no locks.
 */
export async function findLockOwner(
  file: string,
  load: () => Promise<TryLock> = loadTryLock,
): Promise<LockOwner | null> {
  if (!isHeld(file, await load())) return null;
  return readLockOwner(file) ?? { runId: 'unknown', pid: 0, sinceMs: 0, step: 'unknown' };
}

interface Locked {
  readonly fd: number;
  readonly sharing: Sharing;
}

async function openLocked(file: string, isShared: boolean, tryLock: TryLock): Promise<Locked | undefined> {
  let fd: number | undefined;
  try {
    const folder = dirname(file);
    await nodeFiles.makeFolder(folder);
    const sharing = isShared ? readSharing(folder) : keepPrivate;
    fd = openShared(file, sharing);
    if (tryLock(fd, 'exclusive')) return { fd, sharing };
    closeSync(fd);
    return undefined;
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    if (isHeld(file, tryLock)) return undefined;
    const option = isShared
      ? 'CKS_LOCK_DIR: the same one for everyone who changes the store'
      : '--state-dir or CKS_STATE_DIR';
    const message = `cks cannot take the lock ${file} (${(cause as Error).message}). Expected a folder on a local disk in which this user can write files. Correct its permissions, or name another folder with ${option}.`;
    throw new LockError(message, { cause });
  }
}

/** A file that can only be read still shows whether a process that could write it holds the lock. */
function isHeld(file: string, tryLock: TryLock): boolean {
  let fd: number | undefined;
  try {
    fd = openToRead(file);
    return !tryLock(fd, 'shared');
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function hold({ fd: lockFd, sharing }: Locked, file: string, owner: LockOwner): HeldLock {
  let fds = [lockFd];
  let card: number | undefined;
  quietly(() => {
    card = openShared(lockOwnerFile(file), sharing);
    fds = [card, lockFd];
    ftruncateSync(card);
  });
  const recordStep = (step: string) =>
    quietly(() => {
      if (card === undefined || fds.length === 0) return;
      // One write of one width: who reads meanwhile sees the old card or the new one.
      writeSync(card, `${JSON.stringify({ ...owner, step: step.slice(0, 80) }).padEnd(cardWidth)}\n`, 0);
    });
  recordStep(owner.step);
  return {
    recordStep: recordStep,
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

function lockOwnerFile(file: string): string {
  return `${file}.holder`;
}

function readLockOwner(file: string): LockOwner | undefined {
  try {
    const { runId, pid, sinceMs, step } = JSON.parse(readShared(lockOwnerFile(file), 2 * cardWidth));
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
    // Not reported: the file only names the owner.
  }
}
