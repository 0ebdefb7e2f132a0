/** A lock that machines share: who has it and until when, and whom it was taken from. Decides only. */
import type { LockHolder } from './guards.ts';
import type { Outcome } from './outcome.ts';
import { type Check, isFlag, isListOf, isNumber, isOptional, isShaped, isText } from './shape.ts';

export interface Lease {
  /** Rises with every taking, so that who comes back too late sees that it was taken meanwhile. */
  readonly fence: number;
  readonly holder: LockHolder;
  /** From then on anybody may take it; 0: it was given back. */
  readonly expiresAtMs: number;
  /** The holder has sent a call that changes the store, or was about to, and has not ended. */
  readonly hasActed: boolean;
  /** Runs that had acted and not ended when others took it: nobody has gone on with them since. The latest first. */
  readonly left: readonly LockHolder[];
  /** Absent: no run that held it has left the store offline, as far as anybody has told. */
  readonly outage?: Outage;
}

/** Since when a store is offline because of runs, and which of them knows that last. */
export interface Outage {
  readonly sinceMs: number;
  readonly runId: string;
  readonly host?: string;
}

const isLockHolder: Check<LockHolder> = isShaped<LockHolder>({
  runId: isText,
  pid: isNumber,
  host: isOptional(isText),
  sinceMs: isNumber,
  step: isText,
});

/** Whether what a lock table holds is a lease that this version reads. */
export const isLease: Check<Lease> = isShaped<Lease>({
  fence: isNumber,
  holder: isLockHolder,
  expiresAtMs: isNumber,
  hasActed: isFlag,
  left: isListOf(isLockHolder),
  outage: isOptional(isShaped<Outage>({ sinceMs: isNumber, runId: isText, host: isOptional(isText) })),
});

/** Who wants it. `takenUp`: the run that it goes on with. */
export interface Claimant {
  readonly holder: LockHolder;
  readonly takenUp?: string;
  /** Since when the store is offline because of it; null: it is not. Absent: nobody has told yet. */
  readonly offlineSinceMs?: number | null;
}

/** As many as a person can look into. */
const leftAtMost = 5;

/** Taken where it is free, or ours already: who comes back needs no patience. */
export function takeLease(
  lease: Lease | null,
  { holder, takenUp }: Claimant,
  nowMs: number,
  expiresAtMs: number,
): { readonly lease: Lease } | { readonly holder: LockHolder } {
  if (lease === null) return { lease: { fence: 1, holder, expiresAtMs, hasActed: false, left: [] } };
  const fence = lease.fence + 1;
  if (lease.holder.runId === holder.runId) {
    return { lease: { ...lease, fence, holder: { ...holder, sinceMs: lease.holder.sinceMs }, expiresAtMs } };
  }
  if (nowMs < lease.expiresAtMs && lease.holder.runId !== takenUp) return { holder: lease.holder };
  const outage = lease.outage ? { outage: lease.outage } : {};
  return { lease: { fence, holder, expiresAtMs, hasActed: false, left: remember(lease), ...outage } };
}

/**
 * The lease of an owner whose item was deleted, from what the owner itself knows. An absent item is no other owner.
 * `fence`: the one that the owner had.
 */
export function restoreLease(
  { holder, offlineSinceMs }: Claimant,
  { fence, expiresAtMs, hasActed }: Pick<Lease, 'fence' | 'expiresAtMs' | 'hasActed'>,
): Lease {
  const lease: Lease = { fence, holder, expiresAtMs, hasActed, left: [] };
  return typeof offlineSinceMs === 'number' ? withOutage(lease, findOutage(lease, holder, offlineSinceMs)) : lease;
}

/** Null where another has taken it since, or it was given back. One that ran out and that nobody took is ours still. */
export function keepLease(
  lease: Lease | null,
  fence: number,
  { holder, offlineSinceMs }: Claimant,
  changes: Partial<Pick<Lease, 'expiresAtMs' | 'hasActed'>>,
): Lease | null {
  if (lease?.fence !== fence || lease.holder.runId !== holder.runId || lease.expiresAtMs === 0) return null;
  const kept = { ...lease, ...changes, holder: { ...lease.holder, step: holder.step } };
  return withOutage(kept, offlineSinceMs === undefined ? lease.outage : findOutage(lease, holder, offlineSinceMs));
}

/** A run that has not taken the store offline says nothing of an outage that another one has left. */
function findOutage({ outage }: Lease, { runId, host }: LockHolder, offlineSinceMs: number | null): Outage | undefined {
  if (offlineSinceMs === null) return outage?.runId === runId ? undefined : outage;
  const sinceMs = Math.min(offlineSinceMs, outage?.sinceMs ?? offlineSinceMs);
  return { sinceMs, runId, ...(host === undefined ? {} : { host }) };
}

function withOutage({ outage: _, ...lease }: Lease, outage: Outage | undefined): Lease {
  return outage ? { ...lease, outage } : lease;
}

/** `outcome`: null where the run broke off, and is to be gone on with. */
export function endLease(lease: Lease, outcome: Outcome | null, { takenUp }: Claimant): Lease {
  const ended = { ...lease, expiresAtMs: 0 };
  if (outcome === null) return ended;
  const isSettled = settlesEarlier(outcome);
  const goesOn = lease.hasActed || outcome === 'rolledBack';
  const left = lease.left.filter(({ runId }) => !(isSettled || (runId === takenUp && goesOn)));
  const isOver = leavesAsWanted(outcome) && (outcome === 'updated' || lease.outage?.runId === lease.holder.runId);
  return withOutage({ ...ended, hasActed: false, left }, isOver ? undefined : lease.outage);
}

/** Runs on the store that are to be gone on with before anything else. */
export function findLeft(lease: Lease | null, nowMs: number): readonly LockHolder[] {
  if (lease === null) return [];
  return nowMs < lease.expiresAtMs ? lease.left : remember(lease);
}

/** Whether nothing is left of earlier runs on a store after one that ended so: others leave it as they found it. */
export function settlesEarlier(outcome: Outcome | null): boolean {
  return outcome === 'updated' || outcome === 'stranded' || outcome === 'unsettled';
}

/** The store is in a state that somebody wanted, or as the run found it. */
export function leavesAsWanted(outcome: Outcome): boolean {
  return outcome !== 'stranded' && outcome !== 'unsettled';
}

function remember({ hasActed, holder, left }: Lease): readonly LockHolder[] {
  return hasActed ? [holder, ...left.filter(({ runId }) => runId !== holder.runId)].slice(0, leftAtMost) : left;
}
