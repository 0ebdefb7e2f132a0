/** The runs that a lock table knows of: those at work, and those that were left unfinished. */
import type { LockHolder } from '../domain/guards.ts';
import { findLeft, type Lease } from '../domain/lease.ts';
import type { Answer } from '../ports/answer.ts';
import type { Table } from './table.ts';
import { lockPrefix } from './table-lock.ts';

export interface KnownRun extends LockHolder {
  /** `111122223333.us-east-1.cks-1234567890abcdef0`: account, Region and id. */
  readonly store: string;
  /** It holds the lock of its store; else it has acted, and nobody has heard of it since or gone on with it. */
  readonly isAtWork: boolean;
}

/** The latest first. */
export async function listKnownRuns(table: Table): Promise<Answer<readonly KnownRun[]>> {
  const items = await table.list(lockPrefix);
  if (!items.ok) return items;
  const runs = items.value.flatMap(({ id, body, atMs }) => {
    const lease = body as Lease | null;
    const store = id.slice(lockPrefix.length);
    const left = findLeft(lease, atMs).map((holder) => ({ ...holder, store, isAtWork: false }));
    const isHeld = lease !== null && atMs < lease.expiresAtMs;
    return isHeld ? [{ ...lease.holder, store, isAtWork: true }, ...left] : left;
  });
  return { ok: true, value: runs.sort((a, b) => b.sinceMs - a.sinceMs) };
}
