/** The log of a run: everything that a replay needs, and nothing secret. */
export type LogRecord =
  /** A mutating step is about to call; without a result behind it, the call may have happened. `sending`: see `Intent`. */
  | { readonly kind: 'intent'; readonly step: string; readonly atMs: number; readonly sending: unknown }
  | {
      readonly kind: 'result';
      readonly step: string;
      readonly atMs: number;
      readonly cancelRequested: boolean;
      readonly value: unknown;
    }
  /** Something seen while waiting; for people, not for replay. */
  | { readonly kind: 'note'; readonly step: string; readonly atMs: number; readonly note: unknown }
  | { readonly kind: 'stop'; readonly atMs: number };

export interface RunLog {
  /** What was in the log when it was opened, oldest first. */
  readonly past: readonly LogRecord[];
  /**
   * Resolves when the record is kept. `sync`: it must survive a power cut before the next call is sent.
   *
   * @throws {LogError} where nothing that changes a store was sent yet. Afterwards it never fails: the run goes on.
   */
  append(record: LogRecord, sync: boolean): Promise<void>;
}

/** The log of a run that no other process shall continue. */
export const unkeptLog: RunLog = { past: [], append: async () => undefined };

/** The log cannot be kept, and the run has not begun to act: it must not. */
export class LogError extends Error {
  override readonly name = 'LogError';
}
