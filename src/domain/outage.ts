/**
 * How long a run takes at most where nothing fails, and for how long of it no key can be used. It goes by the times that AWS
 * documents, and by estimates where AWS documents none; not by the longest waits. Rollbacks, retries and the time of people
 * (prompts, holds) come on top.
 */
import { isDocumented, longestMs } from './cadence.ts';
import { type Change, changedNames } from './change.ts';
import { formatDuration } from './duration.ts';
import type { KeyStore } from './key-store.ts';
import { describeProperty } from './properties.ts';

export interface PlannedCourse {
  readonly mode: 'live' | 'offline' | 'none';
  readonly send: Change;
  readonly wantedState: 'CONNECTED' | 'DISCONNECTED';
}

/** An estimate: UpdateCustomKeyStore is answered within seconds, and AWS documents no longest time for it. */
const updateMs = 60_000;

/** From the first call that changes the store to the last wait. A live change is over when every host of KMS has it. */
export function expectedRunMs({ customKeyStoreType: type }: KeyStore, course: PlannedCourse, bakeTimeMs = 0): number {
  const names = changedNames(course.send);
  const update = names.length > 0 ? updateMs : 0;
  if (course.mode === 'live') {
    const leadsToKeys = names.some((name) => describeProperty(name).connects);
    return update + (leadsToKeys ? bakeTimeMs : 0);
  }
  const disconnect = course.mode === 'offline' ? longestMs('DISCONNECTED', type) : 0;
  const connect = course.wantedState === 'CONNECTED' ? longestMs('CONNECTED', type) : 0;
  return disconnect + update + connect;
}

/**
 * How long keys that work now cannot be used; 0 where none works, or nothing goes offline. Null: there is no end to it, as
 * the store shall stay offline.
 */
export function expectedOutageMs(store: KeyStore, course: PlannedCourse): number | null {
  if (store.connectionState !== 'CONNECTED' || course.mode !== 'offline') return 0;
  return course.wantedState === 'CONNECTED' ? expectedRunMs(store, course) : null;
}

/** A trial connect connects and disconnects a store of its own. */
export function expectedRehearsalMs({ customKeyStoreType: type }: KeyStore): number {
  return longestMs('CONNECTED', type) + longestMs('DISCONNECTED', type);
}

/** `up to 10 min (documented by AWS)`, or `up to 26 min (estimate)` where AWS documents no time for a part of it. */
export function describeLongest(
  ms: number,
  { customKeyStoreType: type }: KeyStore,
  { mode, wantedState }: Omit<PlannedCourse, 'send'>,
  hasUpdate: boolean,
): string {
  const steps = [
    !hasUpdate,
    mode !== 'offline' || isDocumented('DISCONNECTED', type),
    wantedState !== 'CONNECTED' || isDocumented('CONNECTED', type),
  ];
  return `up to ${formatDuration(ms)} (${steps.every(Boolean) ? 'documented by AWS' : 'estimate'})`;
}

/** Why an outage is longer than its budget, in words; undefined where it is not, or there is no budget. */
export function findExcess(store: KeyStore, course: PlannedCourse, budgetMs: number | undefined): string | undefined {
  const outageMs = expectedOutageMs(store, course);
  if (budgetMs === undefined || (outageMs !== null && outageMs <= budgetMs)) return undefined;
  const length =
    outageMs === null
      ? 'with no end'
      : `for ${describeLongest(outageMs, store, course, changedNames(course.send).length > 0)}`;
  return `${length}, and its budget is ${formatDuration(budgetMs)}`;
}
