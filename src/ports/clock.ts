/** Time, as a run sees it. Injected everywhere, so that half an hour of waiting is tested in a millisecond. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that also tells the time in which the process really ran. */
export interface SteadyClock extends Clock {
  /** Milliseconds, by a monotonic clock that stops while the machine sleeps. */
  awakeMs(): number;
}
