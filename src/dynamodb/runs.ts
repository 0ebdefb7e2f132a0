/** The item of a run: which lock it holds, and whether somebody wants it to stop. */
import type { Lease } from '../domain/lease.ts';
import type { Answer } from '../ports/answer.ts';
import type { Stops } from '../ports/stops.ts';
import { change, type Table } from './table.ts';

export interface RunItem {
  readonly startedAtMs: number;
  /** The item of the lock that it took last. */
  readonly lockId?: string;
  /** By DynamoDB's clock, in whole seconds. */
  readonly stopAtMs?: number;
  readonly endedAtMs?: number;
}

/** Longer than the 366 days that a durable execution may take. */
const keptMs = 400 * 24 * 3_600_000;

const runItemId = (runId: string) => `run#${runId}`;

export async function readRun(table: Table, runId: string): Promise<Answer<RunItem | null>> {
  const item = await table.read(runItemId(runId));
  return item.ok ? { ok: true, value: item.value.body as RunItem | null } : item;
}

/** Lets `cks stop` find the run. `isResumed`: somebody wants it to go on, so an earlier stop counts no more. */
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

/** `absent`: nobody knows of the run. `ended`: it is over, or broke off. `silent`: nobody has heard of it for too long. */
export type StopAnswer = 'requested' | 'absent' | 'ended' | 'silent';

/** Asks a run that is at work for a stop. */
export async function requestStop(table: Table, runId: string, nowMs: number): Promise<Answer<StopAnswer>> {
  const run = await readRun(table, runId);
  if (!run.ok) return run;
  const lockId = run.value?.lockId;
  const lock = lockId === undefined ? undefined : await table.read(lockId);
  if (lock?.ok === false) return lock;
  const lease = (lock?.value.body ?? null) as Lease | null;
  return change<RunItem, StopAnswer>(
    table,
    runItemId(runId),
    (item, atMs) => {
      if (item === null) return { result: 'absent' };
      if (item.endedAtMs !== undefined) return { result: 'ended' };
      // One that holds no lock yet waits for its window, say, and is heard of by nobody.
      const isHeld = lease?.holder.runId === runId && atMs < lease.expiresAtMs;
      const isSilent = item.lockId !== undefined && !isHeld;
      if (isSilent) return { result: 'silent' };
      return { put: { ...item, stopAtMs: atMs }, result: 'requested' };
    },
    nowMs + keptMs,
  );
}

function changeRun(
  table: Table,
  runId: string,
  nowMs: number,
  decide: (item: RunItem) => RunItem,
): Promise<Answer<null>> {
  const put = (item: RunItem | null) => ({ put: decide(item ?? { startedAtMs: nowMs }), result: null });
  return change<RunItem, null>(table, runItemId(runId), put, nowMs + keptMs);
}
