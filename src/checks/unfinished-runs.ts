/** Whether an earlier run on the store is unfinished: it is to be resumed before anything else. */
import { findLeftDisabled, isLeftDisabled, type RunWithFence } from '../domain/fence.ts';
import { settlesEarlier } from '../domain/lease.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { BuiltInCheck } from './rights.ts';

/** What a journal says of its run. */
export interface EarlierRun {
  readonly runId: string;
  readonly startedAtMs: number;
  readonly customKeyStoreId: string | null;
  readonly hasWritten: boolean;
  /** The trial store of its trial connect may still be there, which no later run takes away. */
  readonly mayLeaveStore: boolean;
  readonly hasEnded: boolean;
  readonly outcome: Outcome | null;
  /** The run that it resumes. */
  readonly resumedFrom: string | null;
  /** The cluster of a CloudHSM key store as the run first and last observed it; absent or null: it observed none. */
  readonly firstClusterId?: string | null;
  readonly lastClusterId?: string | null;
  /** The keys of its fence; absent: it had none, or its journal is elsewhere. */
  readonly fencedKeys?: RunWithFence['fencedKeys'];
  /** The process that carries it now; absent: none is known. */
  readonly running?: { readonly pid: number } | null;
  /** Where its journal is; absent: here. */
  readonly host?: string;
}

export interface EarlierRuns {
  readonly runs: readonly EarlierRun[];
  /** Why a journal cannot be read that may be of a run on this store. */
  readonly problems: readonly string[];
}

/** `own`: the run itself, and the one that it takes up. */
export function createUnfinishedRunsCheck(
  list: (customKeyStoreId: string) => Promise<EarlierRuns>,
  own: readonly string[],
): BuiltInCheck {
  return {
    name: 'unfinished-runs',
    async run({ customKeyStoreId }) {
      const { runs, problems } = await list(customKeyStoreId);
      const others = runs.filter((run) => run.customKeyStoreId === customKeyStoreId && !own.includes(run.runId));
      const [left] = findUnfinished(others);
      if (left?.running) {
        const { runId, running } = left;
        const message = `run ${runId} (process ${running.pid}) works on this store now; to stop it: cks stop ${runId}`;
        return { status: 'warned', message, risk: 'unfinished-run' };
      }
      if (left) {
        const where = left.host === undefined ? '' : ` on ${left.host}`;
        const message = `run ${left.runId} on this store is unfinished; continue it${where}: cks resume ${left.runId}`;
        return { status: 'warned', message, risk: 'unfinished-run' };
      }
      const debtor = findDebtor(others);
      if (debtor) {
        const keys = debtor.keys === 1 ? '1 key' : `${debtor.keys} keys`;
        const message = `run ${debtor.runId} ${debtor.hasEnded ? 'has' : 'may have'} left ${keys} of this store disabled, by its journal; to verify and enable: cks resume ${debtor.runId}`;
        return { status: 'warned', message, risk: 'unfinished-run' };
      }
      const [problem] = problems;
      return problem === undefined
        ? { status: 'passed', message: 'no earlier run is unfinished' }
        : { status: 'unknown', message: `cannot find out whether an earlier run is unfinished: ${problem}` };
    },
  };
}

/** The latest run that has left keys disabled. */
function findDebtor(
  runs: readonly EarlierRun[],
): { readonly runId: string; readonly hasEnded: boolean; readonly keys: number } | undefined {
  const latestFirst = runs
    .map(({ runId, startedAtMs, hasEnded, fencedKeys = [] }) => ({ runId, startedAtMs, hasEnded, fencedKeys }))
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
  const left = [...findLeftDisabled(latestFirst)].map(([{ runId, hasEnded }, keyIds]) => ({
    runId,
    hasEnded,
    keys: keyIds.length,
  }));
  return left.find(({ keys }) => keys > 0);
}

/** The latest first. */
export function findUnfinished<R extends EarlierRun>(runs: readonly R[]): readonly R[] {
  return runs
    .filter((run) => !run.hasEnded)
    .filter((run) => run.mayLeaveStore || (run.hasWritten && !runs.some((later) => supersedes(later, run))))
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
}

/** The latest run after which nothing is left of this one to continue; undefined: there is none. */
export function findSuccessor<R extends EarlierRun>(run: EarlierRun, runs: readonly R[]): R | undefined {
  return runs
    .filter((later) => later.runId !== run.runId && supersedes(later, run))
    .sort((a, b) => b.startedAtMs - a.startedAtMs)[0];
}

/** Whether nothing is left of the earlier run: one that went back or never began leaves a store as it found it. */
function supersedes(later: EarlierRun, earlier: EarlierRun): boolean {
  const { runId, customKeyStoreId, startedAtMs } = earlier;
  const settles = settlesEarlier(later.outcome);
  if (later.resumedFrom === runId) return later.hasWritten || settles || later.outcome === 'rolledBack';
  const isLater = later.customKeyStoreId === customKeyStoreId && later.startedAtMs > startedAtMs;
  return settles && isLater && !leavesKeysTo(earlier, later);
}

/** Keys that the earlier run has left disabled, and of which the later one knows nothing. */
function leavesKeysTo({ fencedKeys = [] }: EarlierRun, later: EarlierRun): boolean {
  const known = new Set(later.fencedKeys?.map(({ keyId }) => keyId));
  return fencedKeys.some((key) => isLeftDisabled(key) && !known.has(key.keyId));
}
