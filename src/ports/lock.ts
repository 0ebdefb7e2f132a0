/** One run at a time on a store. Who comes second is told who holds it, and never waits. */
export interface LockHolder {
  readonly runId: string;
  readonly pid: number;
  readonly sinceMs: number;
  /** What the holder is doing, by the name of its step. */
  readonly step: string;
}

export interface StoreLock {
  /**
   * Null: it is ours, now or already. Otherwise who holds it. Taking it again in the same run is free.
   *
   * @throws {LockError}
   */
  acquire(customKeyStoreId: string): Promise<LockHolder | null>;
  /** What this run is doing, for whoever asks. Never fails. */
  tell(step: string): void;
  release(): Promise<void>;
}

/** No lock can be taken on this machine or in this folder; the message says what to do. The run must not act. */
export class LockError extends Error {
  override readonly name = 'LockError';
}
