/** The runs that a lock table knows of: those at work, and those that were left unfinished. */

import { findLeft, isLease } from '../../domain/lease.ts';
import { type ReportedLockOwner, toReportedLockOwner } from '../../domain/safeguards.ts';
import type { Answer } from '../../ports/answer.ts';
import { listItems, type Table } from './table.ts';
import { lockPrefix } from './table-lock.ts';

export interface KnownRun extends ReportedLockOwner {
  /** `111122223333.us-east-1.cks-1234567890abcdef0`: account, Region and id. */
  readonly store: string;
  /** It holds the lock of its store; else it has acted, has written nothing since, and no run has resumed it. */
  readonly isAtWork: boolean;
}

export interface KnownRuns {
  /** The latest first. */
  readonly runs: readonly KnownRun[];
  /** Ids of locks that this version cannot read. */
  readonly unreadable: readonly string[];
}

export async function listKnownRuns(table: Table): Promise<Answer<KnownRuns>> {
  const listed = await listItems(table, lockPrefix, isLease);
  if (!listed.ok) return listed;
  const { items, unreadable } = listed.value;
  const runs = items.flatMap(({ id, body: lease, atMs }) => {
    const store = id.slice(lockPrefix.length);
    const left = findLeft(lease, atMs).map((owner) => ({ owner, store, isAtWork: false }));
    return atMs < lease.expiresAtMs ? [{ owner: lease.owner, store, isAtWork: true }, ...left] : left;
  });
  const latestFirst = runs.sort((a, b) => b.owner.sinceMs - a.owner.sinceMs);
  return {
    ok: true,
    value: { runs: latestFirst.map(({ owner, ...run }) => ({ ...toReportedLockOwner(owner), ...run })), unreadable },
  };
}
