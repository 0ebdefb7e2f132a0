/**
 * What carries a run: it remembers the result of every step, so that a run taken up after a crash goes the same way.
 * At most one operation of a host is in flight at a time.
 */
export interface StepContext {
  /** An earlier process may have made the call of this step: its result is not kept. A step with an intent is certain of it. */
  readonly rerun: boolean;
  /** Aborts when a stop is asked for. For reads, waits and prompts only: a mutating call runs to its answer. */
  readonly signal: AbortSignal;
}

/** Time in the machine is `atMs`; it never goes back. `cancelRequested`: a stop had been asked for by then. */
export interface StepResult<T> {
  readonly value: T;
  readonly atMs: number;
  readonly cancelRequested: boolean;
}

/** What to do after a look: end the wait with a result, or look again at `untilMs`; `note` is kept in the log. */
export type Next<T, M> = (
  | { readonly done: T }
  /** `endsOnStop`: a stop cuts the pause short, so that the next look can end the wait. */
  | { readonly untilMs: number; readonly endsOnStop: boolean; readonly memory: M }
) & { readonly note?: unknown };

/** A wait. Between two of its looks, which need not be made by one process, nothing is kept but its memory; that is JSON. */
export interface Wait<L, M, T> {
  readonly initial: M;
  /** The same where an earlier process may have looked already. Absent: that makes no difference. */
  readonly initialAgain?: M;
  /** `signal`: as in a step. */
  observe(memory: M, signal: AbortSignal): Promise<L>;
  judge(memory: M, observation: L, nowMs: number, stopRequested: boolean): Next<T, M>;
}

export interface Host {
  /** Milliseconds since the epoch, as the run counts them: they never go back, however the clock is set. */
  now(): number;
  /**
   * How much of the time since `sinceMs` this process has not lived through: its machine slept, or its clock was set
   * forward. It cannot tell which.
   */
  lostMs(sinceMs: number): number;
  /**
   * What an earlier process has done of the next operation: nothing, its beginning (which was told then), or all of it, so
   * that its result is remembered.
   */
  upcoming(): 'new' | 'begun' | 'remembered';
  /**
   * Runs an effect once and remembers its JSON result. `sending`: what a step that changes the store is about to send;
   * that intent is kept before, synced to disk. Null: the step only looks.
   */
  step<T>(id: string, sending: object | null, effect: (context: StepContext) => Promise<T>): Promise<StepResult<T>>;
  /** Looks until the judge is done. Looks are done again after a crash, not replayed; the result is remembered. */
  settle<L, M, T>(id: string, wait: Wait<L, M, T>): Promise<StepResult<T>>;
  sleepUntil(id: string, instantMs: number): Promise<StepResult<null>>;
  /** Asks for a stop: prompts and waits that may end early do, and every later result says so. */
  requestStop(): void;
}

/** The log tells of other steps than the run takes now: it was written by another version, or edited. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}
