/**
 * How long a run takes, and for how long of it no key can be used: by what AWS documents at most, not by our deadlines, and
 * on the good way. Ways back, retries and the time of people (prompts, holds) come on top.
 */
import { documentedMs } from './cadence.ts';
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
export function documentedRunMs({ customKeyStoreType: type }: KeyStore, course: PlannedCourse, bakeTimeMs = 0): number {
  const names = changedNames(course.send);
  const update = names.length > 0 ? updateMs : 0;
  if (course.mode === 'live') {
    const leadsToKeys = names.some((name) => describeProperty(name).connects);
    return update + (leadsToKeys ? bakeTimeMs : 0);
  }
  const disconnect = course.mode === 'offline' ? documentedMs('DISCONNECTED', type) : 0;
  const connect = course.wantedState === 'CONNECTED' ? documentedMs('CONNECTED', type) : 0;
  return disconnect + update + connect;
}

/**
 * How long keys that work now cannot be used; 0 where none works, or nothing goes offline. Null: there is no end to it, as
 * the store shall stay offline.
 */
export function documentedOutageMs(store: KeyStore, course: PlannedCourse): number | null {
  if (store.connectionState !== 'CONNECTED' || course.mode !== 'offline') return 0;
  return course.wantedState === 'CONNECTED' ? documentedRunMs(store, course) : null;
}

/** A trial connect connects and disconnects a store of its own. */
export function documentedTrialConnectMs({ customKeyStoreType: type }: KeyStore): number {
  return documentedMs('CONNECTED', type) + documentedMs('DISCONNECTED', type);
}

/** Why an outage is longer than its budget, in words; undefined where it is not, or there is no budget. */
export function findExcess(outageMs: number | null, budgetMs: number | undefined): string | undefined {
  if (budgetMs === undefined || (outageMs !== null && outageMs <= budgetMs)) return undefined;
  const length = outageMs === null ? 'with no end' : `for up to ${formatDuration(outageMs)} by AWS's documents`;
  return `${length}, and its budget is ${formatDuration(budgetMs)}`;
}
