/** What CloudWatch knows of the use of keys. */
import type { Answer } from './answer.ts';

export interface KeyMetrics {
  /**
   * The last minute since `sinceMs` in which each key was used with success, in milliseconds since the epoch, by its ARN.
   * A key without a data point is absent: it was not used, its use is too recent to show, or KMS publishes no such metric.
   */
  findLastUses(
    keyArns: readonly string[],
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<Answer<ReadonlyMap<string, number>>>;
}
