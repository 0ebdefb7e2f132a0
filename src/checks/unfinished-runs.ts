/** Whether an earlier run on the store is unfinished: what it has left is to be gone on with before anything else. */
import type { Check } from '../ports/checks.ts';

/** What a journal says of its run. */
export interface EarlierRun {
  readonly runId: string;
  readonly startedAtMs: number;
  readonly customKeyStoreId: string | null;
  readonly hasWritten: boolean;
  readonly hasEnded: boolean;
}

/** `own`: the run itself, and the one that it takes up. */
export function createUnfinishedRunsCheck(list: () => Promise<readonly EarlierRun[]>, own: readonly string[]): Check {
  return {
    name: 'unfinished-runs',
    async look({ customKeyStoreId }) {
      const runs = (await list()).filter(
        (run) => run.customKeyStoreId === customKeyStoreId && !own.includes(run.runId),
      );
      const [left] = findUnfinished(runs);
      if (left === undefined) return { status: 'passed', message: 'no earlier run is unfinished' };
      const message = `run ${left.runId} on this store is unfinished; go on with it: cks resume ${left.runId}`;
      return { status: 'warned', message, risk: 'unfinished-run' };
    },
  };
}

/** The latest first. A run that ended later on the same store has left nothing of it. */
export function findUnfinished<R extends EarlierRun>(runs: readonly R[]): readonly R[] {
  const hasLaterEnd = ({ customKeyStoreId, startedAtMs }: R) =>
    runs.some((run) => run.customKeyStoreId === customKeyStoreId && run.hasEnded && run.startedAtMs > startedAtMs);
  return runs
    .filter((run) => run.hasWritten && !run.hasEnded && !hasLaterEnd(run))
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
}
