/** A lock that machines share: who has it and until when, and whom it was taken from. Decides only. */

import type { Outcome } from './outcome.ts';
import type { LockOwner } from './safeguards.ts';
import { type Check, isFlag, isListOf, isNumber, isOptional, isShaped, isText } from './shape.ts';

export interface Lease {
  /** Rises with every taking, so that who comes back too late sees that it was taken meanwhile. */
  readonly fence: number;
  readonly owner: LockOwner;
  /** From then on another run may take it; 0: it was given back. */
  readonly expiresAtMs: number;
  /** The holder has sent a call that changes the store, or was about to, and has not ended. */
  readonly hasActed: boolean;
  /** Runs that had acted and not ended when others took it: they have not been continued since. The latest first. */
  readonly left: readonly LockOwner[];
  /** Absent: no run that held it has left the store offline, as far as the table knows. */
  readonly outage?: Outage;
}

/** Since when a store is offline because of runs, and which of them knows that last. */
export interface Outage {
  readonly sinceMs: number;
  readonly runId: string;
  readonly host?: string;
}

const isLockOwner: Check<LockOwner> = isShaped<LockOwner>({
  runId: isText,
  pid: isNumber,
  host: isOptional(isText),
  sinceMs: isNumber,
  step: isText,
});

/** Whether what a lock table holds is a lease that this version reads. */
export const isLease: Check<Lease> = isShaped<Lease>({
  fence: isNumber,
  owner: isLockOwner,
  expiresAtMs: isNumber,
  hasActed: isFlag,
  left: isListOf(isLockOwner),
  outage: isOptional(isShaped<Outage>({ sinceMs: isNumber, runId: isText, host: isOptional(isText) })),
});

/** The run that asks for the lease. `resumedFrom`: the run that it resumes. */
export interface Claimant {
  readonly owner: LockOwner;
  readonly resumedFrom?: string;
  /** Since when the store is offline because of it; null: it is not. Absent: not known yet. */
  readonly offlineSinceMs?: number | null;
}

/** As many as a person can look into. */
const leftAtMost = 5;

/** Taken where it is free, or ours already: who comes back needs no patience. */
export function takeLease(
  lease: Lease | null,
  { owner, resumedFrom }: Claimant,
  nowMs: number,
  expiresAtMs: number,
): { readonly lease: Lease } | { readonly owner: LockOwner } {
  if (lease === null) return { lease: { fence: 1, owner, expiresAtMs, hasActed: false, left: [] } };
  const fence = lease.fence + 1;
  if (lease.owner.runId === owner.runId) {
    return { lease: { ...lease, fence, owner: { ...owner, sinceMs: lease.owner.sinceMs }, expiresAtMs } };
  }
  if (nowMs < lease.expiresAtMs && lease.owner.runId !== resumedFrom) return { owner: lease.owner };
  const outage = lease.outage ? { outage: lease.outage } : {};
  return { lease: { fence, owner, expiresAtMs, hasActed: false, left: remember(lease), ...outage } };
}

/**
 * The lease of an owner whose item was deleted, from what the owner itself knows. An absent item is no other owner.
 * `fence`: the one that the owner had.
 */
export function restoreLease(
  { owner, offlineSinceMs }: Claimant,
  { fence, expiresAtMs, hasActed }: Pick<Lease, 'fence' | 'expiresAtMs' | 'hasActed'>,
): Lease {
  const lease: Lease = { fence, owner, expiresAtMs, hasActed, left: [] };
  return typeof offlineSinceMs === 'number' ? withOutage(lease, findOutage(lease, owner, offlineSinceMs)) : lease;
}

/** Null where another has taken it since, or it was given back. A lease that ran out and was not taken is still ours. */
export function keepLease(
  lease: Lease | null,
  fence: number,
  { owner, offlineSinceMs }: Claimant,
  changes: Partial<Pick<Lease, 'expiresAtMs' | 'hasActed'>>,
): Lease | null {
  if (lease?.fence !== fence || lease.owner.runId !== owner.runId || lease.expiresAtMs === 0) return null;
  const kept = { ...lease, ...changes, owner: { ...lease.owner, step: owner.step } };
  return withOutage(kept, offlineSinceMs === undefined ? lease.outage : findOutage(lease, owner, offlineSinceMs));
}

/** A run that has not taken the store offline says nothing of an outage that another one has left. */
function findOutage({ outage }: Lease, { runId, host }: LockOwner, offlineSinceMs: number | null): Outage | undefined {
  if (offlineSinceMs === null) return outage?.runId === runId ? undefined : outage;
  const sinceMs = Math.min(offlineSinceMs, outage?.sinceMs ?? offlineSinceMs);
  return { sinceMs, runId, ...(host === undefined ? {} : { host }) };
}

function withOutage({ outage: _, ...lease }: Lease, outage: Outage | undefined): Lease {
  return outage ? { ...lease, outage } : lease;
}

/** `outcome`: null if the run broke off, and is to be continued. */
export function endLease(lease: Lease, outcome: Outcome | null, { resumedFrom }: Claimant): Lease {
  const ended = { ...lease, expiresAtMs: 0 };
  if (outcome === null) return ended;
  const isSettled = settlesEarlier(outcome);
  const goesOn = lease.hasActed || outcome === 'rolledBack';
  const left = lease.left.filter(({ runId }) => !(isSettled || (runId === resumedFrom && goesOn)));
  const isOver = leavesAsWanted(outcome) && (outcome === 'updated' || lease.outage?.runId === lease.owner.runId);
  return withOutage({ ...ended, hasActed: false, left }, isOver ? undefined : lease.outage);
}

/** Earlier runs on the store that must be continued first. */
export function findLeft(lease: Lease | null, nowMs: number): readonly LockOwner[] {
  if (lease === null) return [];
  return nowMs < lease.expiresAtMs ? lease.left : remember(lease);
}

/** Whether a run with this outcome settles earlier runs on its store. Other outcomes leave them as they were. */
export function settlesEarlier(outcome: Outcome | null): boolean {
  return outcome === 'updated' || outcome === 'stranded' || outcome === 'unsettled';
}

/** The store is in a wanted state, or as the run found it. */
export function leavesAsWanted(outcome: Outcome): boolean {
  return outcome !== 'stranded' && outcome !== 'unsettled';
}

function remember({ hasActed, owner, left }: Lease): readonly LockOwner[] {
  return hasActed ? [owner, ...left.filter(({ runId }) => runId !== owner.runId)].slice(0, leftAtMost) : left;
}
