/**
 * Observations of all stores of an account and Region, shared by many processes. Each has a number, which a process claims
 * before it sends the Describe. An answer with a number that was claimed after a process asked is recent enough for it,
 * however the clocks of the machines differ.
 */
export interface Claimed {
  /** Of the look that was claimed last; 0: none was. */
  readonly observe: number;
  readonly atMs: number;
  /** Numbers start again if the item that counts them was deleted: only those of one series can be compared. */
  readonly series: number;
}

/** An entry of DescribeCustomKeyStores as KMS spells it. */
export type Entry = Readonly<Record<string, unknown>>;

/** `entries`: null where they are too much to be shared, or where KMS gave none. */
export interface Observed extends Pick<Claimed, 'observe' | 'series'> {
  readonly entries: readonly Entry[] | null;
  /** KMS gave the process that claimed the look no answer. Another process may get one. */
  readonly hasFailed?: boolean | undefined;
}

/** Each answer may be `undefined`: then each process observes for itself. Never fails. */
export interface Observations {
  findClaimed(): Promise<Claimed | undefined>;
  /** Claims the next observation, and returns its number. Null: another process has claimed it. */
  claim(last: Claimed, atMs: number): Promise<Claimed | null | undefined>;
  /** The latest answer; null without one. */
  read(): Promise<Observed | null | undefined>;
  /** A later answer of the same series is left as it is. */
  publish(claimed: Claimed, entries: readonly Entry[]): Promise<void>;
  /** Says that the look failed, so that the others do not wait for its answer. */
  giveUp(claimed: Claimed): Promise<void>;
}
