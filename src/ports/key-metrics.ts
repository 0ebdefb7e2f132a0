/** What CloudWatch knows of the use of keys. */
import type { Answer } from './answer.ts';

export interface KeyMetrics {
  /**
   * When each key was used last with success since `sinceMs`, in milliseconds since the epoch, by its ARN: to the minute, or
   * to the hour where `sinceMs` is more than three hours ago.
   * A key without a data point is absent: it was not used, its use is too recent to show, or KMS publishes no such metric.
   */
  findLastUses(
    keyArns: readonly string[],
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<Answer<ReadonlyMap<string, number>>>;
}
