import type { LogRecord, RunLog } from '../../src/ports/log.ts';

/** A log in memory: a run can be resumed from its records, as from a journal. */
export function createMemoryLog(records: LogRecord[] = []): RunLog {
  return {
    get past() {
      return [...records];
    },
    async append(record) {
      records.push(record);
    },
  };
}
