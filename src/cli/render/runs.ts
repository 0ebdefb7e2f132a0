/** Runs as a table, the latest first; what is unfinished says how to go on. */
import type { RunSummary, Runs } from '../../library/runs.ts';
import { formatDuration } from '../duration.ts';
import { wrap } from './lines.ts';

export function renderRuns({ runs, problems }: Runs, nowMs: number): string {
  if (runs.length === 0 && problems.length === 0) return 'no runs yet\n';
  const rows = runs.map((run) => [
    run.runId,
    nameOf(run),
    endOf(run),
    `${formatDuration(nowMs - run.startedAtMs)} ago`,
  ]);
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
    ...left.map(({ runId, isOffline }) =>
      wrap(`${isOffline ? 'it left its store offline; ' : ''}go on with: cks resume ${runId}`, `${runId}: `, '  '),
    ),
    ...problems.map(({ problem }) => wrap(problem.message, 'cannot be read: ', '  ')),
  ];
  return `${lines.join('\n')}\n`;
}

function nameOf({ storeName, customKeyStoreId }: RunSummary): string {
  return storeName ?? customKeyStoreId ?? '(not seen)';
}

function endOf({ outcome, hasEnded, isUnfinished, lastState }: RunSummary): string {
  if (hasEnded) return outcome ?? 'wrong input';
  const state = lastState === null ? '' : `, ${lastState}`;
  return `${isUnfinished ? 'unfinished' : 'left'}${state}`;
}
