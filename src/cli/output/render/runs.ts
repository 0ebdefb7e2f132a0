/** Runs as a table, the latest first; an unfinished one names the command that continues it. */

import type { Digest } from '../../../disk/journal/digest.ts';
import { formatAge, formatElapsed } from '../../../domain/duration.ts';
import type { ConnectionState } from '../../../domain/key-store.ts';
import { describeLockOwner } from '../../../domain/reasons.ts';
import type { ReportedLockOwner } from '../../../domain/safeguards.ts';
import { nameStep } from '../../../domain/steps.ts';
import type { KnownRun } from '../../../library/known-runs.ts';
import type { RunSummary, Runs } from '../../../library/runs.ts';
import { toOneLine, wrap } from './lines.ts';

export interface ShownRun extends RunSummary {
  /** Null if it is not known; absent if it was not asked for. */
  readonly stateNow?: ConnectionState | null;
}

export interface ListedRuns extends Pick<Runs, 'problems'> {
  readonly runs: readonly ShownRun[];
  /** Of all machines. */
  readonly inLockTable?: readonly KnownRun[];
  readonly tableProblems?: readonly string[];
}

export function renderRuns(
  { runs, problems, inLockTable = [], tableProblems = [] }: ListedRuns,
  nowMs: number,
): string {
  if ([runs, problems, inLockTable, tableProblems].every(({ length }) => length === 0)) return 'No runs yet.\n';
  const header = ['RUN', 'STORE', 'OUTCOME', 'BEGAN'];
  const rows = [
    ...(runs.length > 0 ? [header] : []),
    ...runs.map((run) => [
      run.runId,
      toOneLine(run.storeName ?? run.customKeyStoreId ?? '-'),
      endOf(run, nowMs),
      `${formatAge(nowMs - Date.parse(run.startedAt))} ago`,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const left = runs.filter(({ isUnfinished }) => isUnfinished);
  const lines = [
    ...table,
    ...runs.flatMap((run) => (run.running ? [wrap(describeCarrier(run.running), `${run.runId}: `, '  ')] : [])),
    ...left.map((run) => wrap(describeUnfinished(run), `${run.runId}: `, '  ')),
    ...runs.flatMap((run) => describeDisabled(run).map((text) => wrap(text, `${run.runId}: `, '  '))),
    ...inLockTable.map((run) => wrap(describeKnown(run), 'lock table: ', '  ')),
    ...problems.map(({ problem }) => wrap(problem.message, 'cannot be read: ', '  ')),
    ...tableProblems.map((problem) => wrap(problem, 'cannot be read: ', '  ')),
  ];
  return `${lines.join('\n')}\n`;
}

/** `"hsm" (cks-1234567890abcdef0)` */
export function nameRunStore({ storeName, customKeyStoreId }: Pick<Digest, 'storeName' | 'customKeyStoreId'>): string {
  if (customKeyStoreId === null) return 'a store that it had not observed yet';
  return storeName === null ? customKeyStoreId : `"${storeName}" (${customKeyStoreId})`;
}

function describeKnown({ store, isAtWork, ...owner }: KnownRun): string {
  const goOn = `; unfinished: continue it there with cks resume ${owner.runId}`;
  return `${describeLockOwner(owner)}, on ${store}${isAtWork ? '' : goOn}`;
}

function describeUnfinished({ runId, stateNow, isOffline, mayLeaveStore }: ShownRun): string {
  const goOn = `continue with: cks resume ${runId}`;
  if (mayLeaveStore) return `its trial store may still exist; to delete it: cks resume ${runId}`;
  if (!stateNow) return `its store was last ${isOffline ? 'offline' : 'online'}, and KMS does not answer now; ${goOn}`;
  const isUsable = stateNow === 'CONNECTED';
  return `its store is ${stateNow} now${isUsable ? '' : ', no key works'}; ${goOn}`;
}

/** Keys are enabled by the run that has disabled them: it tests each. */
function describeDisabled({ runId, disabledKeys, hasEnded }: ShownRun): readonly string[] {
  const { length } = disabledKeys;
  if (length === 0) return [];
  // An interrupted run may have died before the call that it had announced.
  const has = hasEnded ? 'it has' : 'by its journal, it may have';
  return [
    `${has} left ${length === 1 ? 'a key' : `${length} keys`} disabled; to verify and enable: cks resume ${runId}`,
  ];
}

/** Another process is at work on it: it is stopped, not resumed. */
function describeCarrier({ runId, pid }: ReportedLockOwner): string {
  return `running in process ${pid}; to stop it: cks stop ${runId}`;
}

/** `running (pid 12269, connecting, 00:12)` */
export function describeRunning({ pid, step, since }: ReportedLockOwner, nowMs: number): string {
  return `running (pid ${pid}, ${nameStep(step)}, ${formatElapsed(nowMs - Date.parse(since))})`;
}

function endOf(run: RunSummary, nowMs: number): string {
  const { outcome, hasEnded, hasWritten, isUnfinished, mayLeaveStore, running } = run;
  if (running) return describeRunning(running, nowMs);
  if (hasEnded) return outcome ?? 'wrong input';
  if (!hasWritten && !mayLeaveStore) return 'interrupted, nothing sent';
  return isUnfinished ? 'unfinished' : 'resumed';
}
