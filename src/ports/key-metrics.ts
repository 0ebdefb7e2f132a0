/** What CloudWatch knows of the use of keys. */
import type { Answer } from './answer.ts';

export interface MeteredUse {
  /** How many requests succeeded. */
  readonly requests: number;
  /** The last of them, in milliseconds since the epoch: to the minute, or to the hour in a range of more than three hours. */
  readonly lastAtMs: number;
}

export interface KeyMetrics {
  /**
   * How each key was used since `sinceMs`, in milliseconds since the epoch, by its ARN. A key without a data point is absent: it
   * was not used, its use is too recent to show, or KMS publishes no such metric.
   */
  findUses(
    keyArns: readonly string[],
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<Answer<ReadonlyMap<string, MeteredUse>>>;
}
