/** GetMetricData, of the one metric that concerns keys: AWS/KMS SuccessfulRequest of a key, by the client's clock. */
import { refuse } from '../fault.ts';
import type { Input, Output } from '../shapes.ts';
import type { World } from '../world.ts';

type Query = Input<'GetMetricData'>['MetricDataQueries'][number];

const uses: readonly string[] = [
  'Encrypt',
  'Decrypt',
  'ReEncrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
];

export function getMetricData(
  world: World,
  { MetricDataQueries, StartTime, EndTime }: Input<'GetMetricData'>,
): Output<'GetMetricData'> {
  const usedAt = listUses(world);
  return {
    MetricDataResults: MetricDataQueries.map((query) => {
      const counts = countByPeriod(usedAt.get(nameKey(query)) ?? [], query);
      const shown = [...counts].filter(([start]) => start >= StartTime && start < EndTime).sort(([a], [b]) => b - a);
      return {
        Id: query.Id,
        Label: query.Label ?? 'SuccessfulRequest',
        Timestamps: shown.map(([start]) => start),
        Values: shown.map(([, count]) => count),
        StatusCode: 'Complete',
      };
    }),
  };
}

/** By ARN of the key: when it was used with success, in seconds since the epoch. */
function listUses(world: World): ReadonlyMap<string, readonly number[]> {
  const usedAt = new Map<string, number[]>();
  for (const { operation, errorCode, keyArns, atMs } of world.trail.events) {
    if (errorCode !== undefined || !uses.includes(operation)) continue;
    for (const arn of keyArns) {
      const instants = usedAt.get(arn) ?? [];
      instants.push(world.toClientMs(atMs) / 1_000);
      usedAt.set(arn, instants);
    }
  }
  return usedAt;
}

/** How often in each period, by its beginning; a period without a use has no data point. */
function countByPeriod(usedAt: readonly number[], { MetricStat }: Query): ReadonlyMap<number, number> {
  const period = MetricStat?.Period ?? 60;
  const counts = new Map<number, number>();
  for (const at of usedAt) {
    const start = Math.floor(at / period) * period;
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return counts;
}

/** The ARN of the key that is meant; of any other metric there is no data. */
function nameKey({ MetricStat }: Query): string {
  if (!MetricStat) return refuse('ValidationException', 'The simulator knows queries with MetricStat alone');
  const { Namespace, MetricName, Dimensions = [] } = MetricStat.Metric;
  const [dimension, ...others] = Dimensions;
  const isKnown = Namespace === 'AWS/KMS' && MetricName === 'SuccessfulRequest' && dimension?.Name === 'KeyArn';
  return isKnown && others.length === 0 ? dimension.Value : '';
}
