/**
 * Looks at all stores of an account and Region that many processes share. Each look has a number, and a number is claimed
 * before its look is sent: an answer with a number that was claimed after somebody asked is young enough for them, however
 * the clocks of the machines differ.
 */
export interface Claimed {
  /** Of the look that was claimed last; 0: none was. */
  readonly observe: number;
  readonly atMs: number;
  /** Numbers start again where somebody has deleted the item that counts them: only those of one series can be compared. */
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

/** Each answer may be `undefined`: nobody can say, and everybody looks for themselves. Never fails. */
export interface Observations {
  findClaimed(): Promise<Claimed | undefined>;
  /** Claims the look after that one, and gives it. Null: somebody else has claimed it. */
  claim(last: Claimed, atMs: number): Promise<Claimed | null | undefined>;
  /** The latest answer; null: there is none. */
  read(): Promise<Observed | null | undefined>;
  /** A later answer of the same series is left as it is. */
  publish(claimed: Claimed, entries: readonly Entry[]): Promise<void>;
  /** Says that the look failed, so that the others do not wait for its answer. */
  giveUp(claimed: Claimed): Promise<void>;
}
