/** Judges what was written: logs, events, results and errors. */
import { isTrialConnectStep } from '../../src/domain/trial-connect.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import type { History, Life } from './play-schedule.ts';
import { secretForms } from './set-up-schedule.ts';

export function holdNoSecret({ lives, heard }: History): string[] {
  const toldToListeners = holdsSecret(JSON.stringify(heard)) ? ['in what a listener is told of requests'] : [];
  const written = lives.flatMap((life) =>
    Object.entries({ log: life.records, events: life.events, result: readEnd(life) })
      .filter(([, written]) => holdsSecret(JSON.stringify(written) ?? ''))
      .map(([place]) => `in the ${place} of ${life.runId}`),
  );
  return [...toldToListeners, ...written];
}

const holdsSecret = (text: string) => secretForms.some((secret) => text.includes(secret));

function readEnd({ end }: Life): unknown {
  if (end.kind === 'result') return end.result;
  return 'error' in end ? readError(end.error) : null;
}

/** All that a caller could print of an error. */
function readError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return [error.message, error.stack, { ...error, cause: undefined }, error.cause && readError(error.cause)];
}

/** Where the process itself reads a clock that was set back, its log still goes forward. */
export function describeTimeForward({ lives }: History): string[] {
  return lives.flatMap(({ records, end, runId }) => {
    const isBack = (at: number) => (records[at]?.atMs ?? 0) < (records[at - 1]?.atMs ?? 0);
    const backwards = [...records.keys()].filter(isBack).map((at) => `record ${at} of ${runId}`);
    const isNegative =
      end.kind === 'result' && ((end.result.offlineMs ?? 0) < 0 || end.result.endedAt < end.result.startedAt);
    return isNegative ? [...backwards, `the result of ${runId}`] : backwards;
  });
}

const kindOf = (record: LogRecord) =>
  record.kind === 'result' ? ((record.value as { kind: string } | null)?.kind ?? '') : '';

/** A run that goes on from what another has left may have nothing to ask. */
export function comeAfterApproval({ lives }: History): string[] {
  return lives
    .filter(({ resumedFrom, isLogCut }) => resumedFrom === undefined && !isLogCut)
    .flatMap(({ records, runId }) => {
      // A trial connect has a store of its own.
      const first = records.findIndex((record) => record.kind === 'intent' && !isTrialConnectStep(record.step));
      const before = records.slice(0, Math.max(0, first));
      const hasFailed = before.some(
        (record) => kindOf(record) === 'checked' && JSON.stringify(record).includes('"status":"failed"'),
      );
      const isApproved = before.some((record) => kindOf(record) === 'approved');
      return first >= 0 && (hasFailed || !isApproved) ? [runId] : [];
    });
}
