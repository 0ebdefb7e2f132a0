/**
 * The kernel's own lock on an open file: gone the instant its process is, however that ends. Linux: an open file
 * description lock; macOS: flock; Windows: LockFileEx. Each excludes other descriptors of the same process too.
 */
import { LockError } from '../../ports/lock.ts';

/**
 * Locks the whole file; false when another descriptor holds it. `shared`: keeps out only who wants it exclusively, and
 * needs no right to write the file.
 */
export type TryLock = (fd: number, kind: 'exclusive' | 'shared') => boolean;

/** @throws {LockError} if this machine cannot lock: it never returns a lock without effect. */
export async function loadTryLock(): Promise<TryLock> {
  try {
    // Native, so it is loaded only where a lock is taken.
    const { tryLock } = await import('fs-native-extensions');
    return (fd, kind) => tryLockOnce(() => tryLock(fd, { shared: kind === 'shared' }));
  } catch (cause) {
    const [told] = String((cause as Error).message).split('\n');
    const message = `cks cannot take a lock on this machine: its native part does not load (${told}). It comes built for Windows, macOS and Linux with glibc, on x64 and arm64; on Alpine Linux, use an image with glibc.`;
    throw new LockError(message, { cause });
  }
}

function tryLockOnce(tryLock: () => boolean): boolean {
  try {
    return tryLock();
  } catch (error) {
    // Windows says so of a range that another one has locked.
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}
