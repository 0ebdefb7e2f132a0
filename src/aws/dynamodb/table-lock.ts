/**
 * One run at a time on a store, wherever it runs: an item that its holder extends while it lives. What the holder says of
 * itself stands in the item too. A lease is counted by DynamoDB's clock, as those of machines may be minutes off.
 */

import { nameStore, type Place } from '../../disk/locks/names.ts';
import {
  type Claimant,
  endLease,
  findLeft,
  isLease,
  keepLease,
  type Lease,
  type Outage,
  restoreLease,
  takeLease,
} from '../../domain/lease.ts';
import type { LockOwner } from '../../domain/safeguards.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import { LockError, type StoreLock } from '../../ports/lock.ts';
import { endRun, keepLockId, readRun } from './runs.ts';
import { change, explainTable, listItems, readItem, type Table } from './table.ts';

export interface LeaseTerms {
  readonly lengthMs: number;
  /** How often the holder says that it is there; absent: only with what it does. */
  readonly renewEveryMs?: number;
}

/**
 * For a process that stays awake: another run waits two minutes for the lock of one that died, and three renewals may be
 * lost on the way before one that lives loses it.
 */
export const awake: LeaseTerms = { lengthMs: 120_000, renewEveryMs: 30_000 };

/**
 * For a run that sleeps without a process between its observations, and cannot renew its lock meanwhile. `longestMs`: the longest of
 * its waits between two calls; a longer one, such as a hold, is announced by `extend`. Ten minutes more, for a host that is late.
 */
export function asleep(longestMs: number): LeaseTerms {
  return { lengthMs: longestMs + 600_000 };
}

export interface TableLockOptions {
  readonly table: Table;
  readonly place: Place;
  readonly runId: string;
  /** The run that this one continues: its lock is taken without a wait. */
  readonly resumedFrom?: string;
  readonly pid: number;
  readonly host: string;
  readonly clock: Clock;
  readonly terms: LeaseTerms;
  /** Gets a sentence when someone else deleted the item of the lock, and this run wrote it again. */
  readonly onRestored?: (message: string) => void;
}

export interface TableOutage extends Outage {
  readonly account: string;
  readonly region: string;
  readonly customKeyStoreId: string;
}

export interface TableLock extends StoreLock {
  /** Keeps what is held until `untilMs` at least: for a run that is about to sleep. Never fails. */
  extend(untilMs?: number): Promise<void>;
}

export function createTableLock(options: TableLockOptions): TableLock {
  const { table, place, runId, resumedFrom, pid, host, clock, terms, onRestored } = options;
  let step = 'starting';
  let offlineSinceMs: number | null | undefined;
  let wantedId: string | undefined;
  let isOver = false;
  let hasActed = false;
  let held: { readonly lockId: string; readonly fence: number; readonly renewing: AbortController } | undefined;
  let extending: Promise<void> | undefined;
  let mustExtendAgain = false;

  const describeMe = (): Claimant => ({
    owner: { runId, pid, host, sinceMs: clock.now(), step },
    ...(offlineSinceMs === undefined ? {} : { offlineSinceMs }),
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
  });

  /** @throws {LockError} */
  function nameLock(customKeyStoreId: string): string {
    if (place.account === 'unknown' && place.endpoint === undefined) throw new LockError(explainUnknownOwner);
    return lockItemId(place, customKeyStoreId);
  }

  /** `comesBack`: only what is ours already, for a run that had it in an earlier process. */
  async function take(lockId: string, comesBack: boolean): Promise<Answer<LockOwner | null>> {
    const me = describeMe();
    let isRestored = false;
    const answer = await change<Lease, ReturnType<typeof takeLease>>(table, lockId, isLease, (lease, atMs) => {
      isRestored = comesBack && lease === null;
      if (comesBack && lease && lease.owner.runId !== runId) return { result: { owner: lease.owner } };
      const result = takeLease(lease, me, atMs, atMs + terms.lengthMs);
      return 'lease' in result ? { put: result.lease, result } : { result };
    });
    if (!answer.ok) return answer;
    if ('owner' in answer.value) return { ok: true, value: answer.value.owner };
    if (isRestored) describeRestored(lockId);
    held?.renewing.abort();
    held = { lockId, fence: answer.value.lease.fence, renewing: new AbortController() };
    if (terms.renewEveryMs !== undefined) void renew(terms.renewEveryMs, held.renewing.signal);
    // Else a later process of the run would not know that it has one.
    return comesBack ? { ok: true, value: null } : keepLockId(table, runId, clock.now(), lockId);
  }

  async function renew(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal);
      if (!signal.aborted) await keep();
    }
  }

  /** Null: it is ours still, or again. `acts`: a call that changes the store is about to be sent. */
  async function keep(forMs = terms.lengthMs, acts = false): Promise<Answer<LockOwner | null>> {
    if (held === undefined) return { ok: true, value: null };
    const { lockId, fence } = held;
    let isRestored = false;
    const changes = hasActed || acts ? { hasActed: true } : {};
    const answer = await change<Lease, LockOwner | null>(table, lockId, isLease, (lease, atMs) => {
      isRestored = lease === null;
      const expiresAtMs = Math.max(lease?.expiresAtMs ?? 0, atMs + forMs);
      if (lease === null)
        return { put: restoreLease(describeMe(), { fence, expiresAtMs, hasActed: false, ...changes }), result: null };
      const kept = keepLease(lease, fence, describeMe(), { ...changes, expiresAtMs });
      return kept ? { put: kept, result: null } : { result: lease.owner };
    });
    if (answer.ok) hasActed ||= acts;
    if (answer.ok && isRestored) describeRestored(lockId);
    return answer;
  }

  function describeRestored(lockId: string): void {
    onRestored?.(
      `the lock of this run was missing in the lock table ${table.name}: someone deleted its item ${lockId}. cks wrote it again and continues.`,
    );
  }

  async function extend(untilMs = 0): Promise<void> {
    await comeBack();
    await keep(Math.max(terms.lengthMs, untilMs - clock.now()));
  }

  /** One at a time; what was told meanwhile goes with the next. */
  async function extendInTurn(): Promise<void> {
    do {
      mustExtendAgain = false;
      await keep();
    } while (mustExtendAgain);
    extending = undefined;
  }

  /** To what this run has taken in an earlier process, or could not take: then it is that of the store, where one is named. */
  async function comeBack(customKeyStoreId?: string): Promise<Answer<LockOwner | null>> {
    if (held || isOver) return { ok: true, value: null };
    if (wantedId !== undefined) return take(wantedId, false);
    const earlier = await readRun(table, runId);
    if (!earlier.ok) return earlier;
    if (earlier.value?.lockId !== undefined) return take(earlier.value.lockId, true);
    return customKeyStoreId === undefined ? { ok: true, value: null } : take(nameLock(customKeyStoreId), false);
  }

  async function confirm(customKeyStoreId: string): Promise<Answer<LockOwner | null>> {
    const back = await comeBack(customKeyStoreId);
    if (!back.ok || back.value !== null) return back;
    return keep(terms.lengthMs, true);
  }

  return {
    async acquire(customKeyStoreId) {
      const lockId = nameLock(customKeyStoreId);
      if (held?.lockId === lockId) return null;
      wantedId = lockId;
      isOver = false;
      hasActed = false;
      const taken = await take(lockId, false);
      if (!taken.ok) throw new LockError(explainTable(table.name, taken.failure));
      if (taken.value !== null) wantedId = undefined;
      return taken.value;
    },

    async confirm(customKeyStoreId) {
      const kept = await confirm(customKeyStoreId);
      if (!kept.ok) throw new LockError(explainTable(table.name, kept.failure));
      return kept.value;
    },

    recordStep(now, sinceMs) {
      step = now;
      offlineSinceMs = sinceMs;
      mustExtendAgain = true;
      if (held) extending ??= extendInTurn();
    },

    extend,

    async release(outcome) {
      const { lockId, fence, renewing } = held ?? {};
      held = undefined;
      isOver = true;
      renewing?.abort();
      await extending;
      const told = await endRun(table, runId, clock.now());
      if (!told.ok || lockId === undefined || fence === undefined) return;
      await change<Lease, null>(table, lockId, isLease, (lease) => {
        const mine = lease
          ? keepLease(lease, fence, describeMe(), {})
          : restoreLease(describeMe(), { fence, expiresAtMs: 0, hasActed });
        return mine ? { put: endLease(mine, outcome, describeMe()), result: null } : { result: null };
      });
    },
  };
}

export interface TableOutages {
  readonly outages: readonly TableOutage[];
  /** Ids of locks that this version cannot read: it is not known whether their stores are offline. */
  readonly unreadable: readonly string[];
}

/** Which stores runs have left offline, or have offline now, as far as the table knows. */
export async function listOutages(table: Table): Promise<Answer<TableOutages>> {
  const listed = await listItems(table, lockPrefix, isLease);
  if (!listed.ok) return listed;
  const { items, unreadable } = listed.value;
  const outages = items.flatMap(({ id, body: { outage } }) => {
    const [account = '', region = '', ...store] = id.slice(lockPrefix.length).split('.');
    return outage ? [{ ...outage, account, region, customKeyStoreId: store.join('.') }] : [];
  });
  return { ok: true, value: { outages, unreadable } };
}

/** The lock of one store as the table has it. `owner`: the run that works on the store now. */
export interface KnownLock {
  readonly owner: LockOwner | null;
  /** Runs that are unfinished. */
  readonly left: readonly LockOwner[];
  readonly outage: Outage | null;
}

export async function readStoreLock(table: Table, place: Place, customKeyStoreId: string): Promise<Answer<KnownLock>> {
  const item = await readItem(table, lockItemId(place, customKeyStoreId), isLease);
  if (!item.ok) return item;
  const { body: lease, atMs } = item.value;
  const owner = lease !== null && atMs < lease.expiresAtMs ? lease.owner : null;
  return { ok: true, value: { owner, left: findLeft(lease, atMs), outage: lease?.outage ?? null } };
}

/** What earlier runs have left on a store, as far as the table knows. */
export async function readLeft(
  table: Table,
  place: Place,
  customKeyStoreId: string,
): Promise<Answer<readonly LockOwner[]>> {
  const item = await readItem(table, lockItemId(place, customKeyStoreId), isLease);
  return item.ok ? { ok: true, value: findLeft(item.value.body, item.value.atMs) } : item;
}

/** Who knows the account would take the lock under another name. */
export const explainUnknownOwner =
  'a lock table separates stores by account, and the account of this store is not known: allow sts:GetCallerIdentity, or name the account with the credentials (AWS_ACCOUNT_ID, aws_account_id)';

export const lockPrefix = 'lock#';

const lockItemId = (place: Place, customKeyStoreId: string) => `${lockPrefix}${nameStore(place, customKeyStoreId)}`;
