/** The item of a run: which lock it holds, and whether a stop was requested. */
import { isLease } from '../../domain/lease.ts';
import { findOwner } from '../../domain/run-name.ts';
import { isNumber, isOptional, isShaped, isText } from '../../domain/shape.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Stops } from '../../ports/stops.ts';
import { change, readItem, type Table } from './table.ts';

export interface RunItem {
  readonly startedAtMs: number;
  /** The item of the lock that it took last. */
  readonly lockId?: string;
  /** By DynamoDB's clock, in whole seconds. */
  readonly stopAtMs?: number;
  readonly endedAtMs?: number;
}

const isRunItem = isShaped<RunItem>({
  startedAtMs: isNumber,
  lockId: isOptional(isText),
  stopAtMs: isOptional(isNumber),
  endedAtMs: isOptional(isNumber),
});

/** Longer than the 366 days that a durable execution may take. */
const keptMs = 400 * 24 * 3_600_000;

const runItemId = (runId: string) => `run#${runId}`;

export async function readRun(table: Table, runId: string): Promise<Answer<RunItem | null>> {
  const item = await readItem(table, runItemId(runId), isRunItem);
  return item.ok ? { ok: true, value: item.value.body } : item;
}

/** Lets `cks stop` find the run. `isResumed`: an earlier stop no longer counts. */
export function openRun(table: Table, runId: string, nowMs: number, isResumed: boolean): Promise<Answer<null>> {
  return changeRun(table, runId, nowMs, (item) => {
    if (!isResumed) return item;
    const { stopAtMs: _, endedAtMs: __, ...kept } = item;
    return kept;
  });
}

export function keepLockId(table: Table, runId: string, nowMs: number, lockId: string): Promise<Answer<null>> {
  return changeRun(table, runId, nowMs, (item) => ({ ...item, lockId }));
}

export function endRun(table: Table, runId: string, nowMs: number): Promise<Answer<null>> {
  return changeRun(table, runId, nowMs, (item) => ({ ...item, endedAtMs: nowMs }));
}

/** `sinceMs`: what was asked for before concerns what was at work then. */
export function createTableStops(table: Table, runId: string, sinceMs = 0): Stops {
  return {
    async isRequested() {
      const item = await readRun(table, runId);
      return item.ok && (item.value?.stopAtMs ?? -1) >= sinceMs;
    },
  };
}

/** `absent`: the table has no item of the run. `ended`: it ended or broke off. `silent`: its last sign is too old. */
export type StopAnswer = 'requested' | 'absent' | 'ended' | 'silent';

/** Asks a run that is at work for a stop. A later run of an execution receives it by the name of the first one. */
export async function requestStop(table: Table, runId: string, nowMs: number): Promise<Answer<StopAnswer>> {
  const answer = await requestStopByName(table, runId, nowMs);
  const owner = findOwner(runId);
  const isKnown = !answer.ok || answer.value !== 'absent';
  return isKnown || owner === undefined ? answer : requestStopByName(table, owner, nowMs);
}

async function requestStopByName(table: Table, runId: string, nowMs: number): Promise<Answer<StopAnswer>> {
  const run = await readRun(table, runId);
  if (!run.ok) return run;
  const lockId = run.value?.lockId;
  const lock = lockId === undefined ? undefined : await readItem(table, lockId, isLease);
  if (lock?.ok === false) return lock;
  const lease = lock?.value.body ?? null;
  return change<RunItem, StopAnswer>(
    table,
    runItemId(runId),
    isRunItem,
    (item, atMs) => {
      if (item === null) return { result: 'absent' };
      if (item.endedAtMs !== undefined) return { result: 'ended' };
      // A run without a lock, such as one that waits for its window, gives no sign.
      const isHeld = lease?.owner.runId === runId && atMs < lease.expiresAtMs;
      const isSilent = item.lockId !== undefined && !isHeld;
      if (isSilent) return { result: 'silent' };
      return { put: { ...item, stopAtMs: atMs }, result: 'requested' };
    },
    { expiresAtMs: nowMs + keptMs },
  );
}

/** A run replaces an item of its own that it cannot read. */
function changeRun(
  table: Table,
  runId: string,
  nowMs: number,
  decide: (item: RunItem) => RunItem,
): Promise<Answer<null>> {
  const anew = { startedAtMs: nowMs };
  const put = (item: RunItem | null) => ({ put: decide(item ?? anew), result: null });
  const options = { expiresAtMs: nowMs + keptMs, unreadableAs: anew };
  return change<RunItem, null>(table, runItemId(runId), isRunItem, put, options);
}
