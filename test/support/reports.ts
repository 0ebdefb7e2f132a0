/** Reports of runs in virtual time, as the command makes them of a journal. */

import type { JournalLine } from '../../src/disk/journal/format.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import type { RunReport } from '../../src/report/model.ts';
import { readReport } from '../../src/report/read-report.ts';
import { facts } from './journals.ts';

/** The lines of a journal around the records of a run. `input`: its members that a report looks at. */
export function toLines(records: readonly LogRecord[], result: RunResult | null, input: unknown = {}): JournalLine[] {
  const startedAtMs = records[0]?.atMs ?? 0;
  const endedAtMs = records.at(-1)?.atMs ?? 0;
  const header = { kind: 'run', schema: 1, ...facts, startedAtMs, input };
  const end = { kind: 'end', atMs: endedAtMs, outcome: result?.outcome ?? null, result };
  return JSON.parse(JSON.stringify([header, ...records, ...(result ? [end] : [])]));
}

export function reportOf(records: readonly LogRecord[], result: RunResult | null, input?: unknown): RunReport {
  return readReport(toLines(records, result, input), null);
}
