/** Which stores are offline because of runs, by what their journals tell. Decides only. */
import type { ConnectionState } from './key-store.ts';
import { leavesAsWanted } from './lease.ts';
import type { Outcome } from './outcome.ts';

/** What a journal says of its run. */
export interface KnownRun {
  readonly runId: string;
  readonly startedAtMs: number;
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly customKeyStoreId: string | null;
  readonly lastState: ConnectionState | null;
  /** When a Disconnect was sent after which the store was not seen CONNECTED any more; null: none was. */
  readonly offlineSinceMs: number | null;
  readonly hasEnded: boolean;
  readonly outcome: Outcome | null;
  readonly resumedFrom: string | null;
}

/** `run`: the last one that knows of it, which is to be continued. */
export interface KnownOutage<R extends KnownRun> {
  readonly run: R;
  readonly sinceMs: number;
}

/** One a store at most. A store that should be DISCONNECTED has no outage. */
export function findOutages<R extends KnownRun>(runs: readonly R[]): readonly KnownOutage<R>[] {
  const outages = new Map<string, KnownOutage<R>>();
  for (const run of runs.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    if (run.customKeyStoreId === null) continue;
    const store = nameStore(run);
    const outage = followRun(outages.get(store), run);
    if (outage) outages.set(store, outage);
    else outages.delete(store);
  }
  return [...outages.values()];
}

function followRun<R extends KnownRun>(known: KnownOutage<R> | undefined, run: R): KnownOutage<R> | undefined {
  const { outcome, hasEnded, offlineSinceMs, lastState, resumedFrom } = run;
  const isOver = hasEnded && (outcome === null || leavesAsWanted(outcome));
  const goesOn = known !== undefined && resumedFrom === known.run.runId;
  if (outcome === 'updated' || (goesOn && outcome === 'rolledBack')) return undefined;
  if (!isOver && offlineSinceMs !== null)
    return { run, sinceMs: Math.min(offlineSinceMs, known?.sinceMs ?? offlineSinceMs) };
  if (lastState === 'CONNECTED' && offlineSinceMs === null) return undefined;
  return goesOn && !isOver ? { ...known, run } : known;
}

/**
 * Runs that ended stranded or unsettled, and whose store no later run has brought to a state that was wanted: these stores
 * may not be well, and their runs can still be resumed.
 */
export function findUncured<R extends KnownRun>(runs: readonly R[]): readonly R[] {
  const byId = new Map(runs.map((run) => [run.runId, run]));
  const continues = (run: R, earlier: R): boolean => {
    for (let at: R | undefined = run; at?.resumedFrom; at = byId.get(at.resumedFrom))
      if (at.resumedFrom === earlier.runId) return true;
    return false;
  };
  const cures = (later: R, earlier: R) =>
    later.startedAtMs > earlier.startedAtMs &&
    nameStore(later) === nameStore(earlier) &&
    (later.outcome === 'updated' || (later.outcome === 'rolledBack' && continues(later, earlier)));
  return runs.filter(
    (run) => run.outcome !== null && !leavesAsWanted(run.outcome) && !runs.some((later) => cures(later, run)),
  );
}

function nameStore({ account, region, endpoint, customKeyStoreId }: KnownRun): string {
  return JSON.stringify([account, region, endpoint, customKeyStoreId]);
}
