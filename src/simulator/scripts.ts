/** Faults ordered ahead of time: which call, which connect will fail, how, how often. First ordered, first served. */
import type { FaultDescription } from './fault.ts';
import type { ConnectionErrorCode } from './shapes.ts';

export interface FaultScript {
  readonly fault: FaultDescription;
  /** The call takes effect, and its answer is the fault all the same. */
  readonly afterEffect: boolean;
}

export interface ConnectScript {
  readonly errorCode: ConnectionErrorCode;
  /** Milliseconds until it shows; undefined: as long as a connect takes. */
  readonly connectMs: number | undefined;
}

export interface FaultScripts {
  readonly calls: Script<FaultScript>;
  readonly connects: Script<ConnectScript>;
}

/** A queue for each key: an operation's name or a store's id. */
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
