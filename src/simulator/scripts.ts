/** What was ordered ahead of time: faults of calls, failing connects, external actors, and the rates at which KMS throttles. */

import type { ExternalActors } from './faults/external-actors.ts';
import type { FaultBook } from './faults/fault-book.ts';
import type { Quotas } from './faults/quotas.ts';
import type { FailureCode } from './shapes.ts';

export interface ConnectScript {
  readonly errorCode: FailureCode;
  /** Milliseconds until it shows; undefined: as long as a connect takes. */
  readonly connectMs: number | undefined;
}

export interface FaultScripts {
  readonly calls: FaultBook;
  readonly connects: Script<ConnectScript>;
  readonly actors: ExternalActors;
  readonly quotas: Quotas;
}

/** A queue for each key, such as a store's id. First ordered, first served. */
export interface Script<T> {
  add(key: string, item: T, times: number): void;
  take(key: string): T | undefined;
}

export function createScript<T>(): Script<T> {
  const queues = new Map<string, T[]>();
  return {
    add(key, item, times) {
      queues.set(key, [...(queues.get(key) ?? []), ...Array.from({ length: times }, () => item)]);
    },
    take: (key) => queues.get(key)?.shift(),
  };
}
