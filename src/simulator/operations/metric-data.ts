/**
 * GetMetricData, of the one metric that a check asks for: AWS/KMS SuccessfulRequest of a key. The world knows the last use of a
 * key alone, so there is one data point at most.
 */
import { refuse } from '../fault.ts';
import type { Input, Output } from '../shapes.ts';
import type { World } from '../world.ts';

type Query = Input<'GetMetricData'>['MetricDataQueries'][number];

export function getMetricData(
  world: World,
  { MetricDataQueries, StartTime, EndTime }: Input<'GetMetricData'>,
): Output<'GetMetricData'> {
  return {
    MetricDataResults: MetricDataQueries.map((query) => {
      const start = findPeriodOfLastUse(world, query);
      const isThere = start !== undefined && start >= StartTime && start < EndTime;
      return {
        Id: query.Id,
        Label: query.Label ?? 'SuccessfulRequest',
        Timestamps: isThere ? [start] : [],
        Values: isThere ? [1] : [],
        StatusCode: 'Complete',
      };
    }),
  };
}

/** When the period begins in which the key was used last, in seconds; undefined: there is no such data. */
function findPeriodOfLastUse(world: World, { MetricStat }: Query): number | undefined {
  if (!MetricStat) return refuse('ValidationException', 'The simulator knows queries with MetricStat alone');
  const { Metric, Period } = MetricStat;
  const [dimension, ...others] = Metric.Dimensions ?? [];
  const isKnown =
    Metric.Namespace === 'AWS/KMS' && Metric.MetricName === 'SuccessfulRequest' && dimension?.Name === 'KeyArn';
  if (!isKnown || others.length > 0) return undefined;
  const key = [...world.keys.values()].find(({ arn }) => arn === dimension.Value);
  const usedAt = key?.lastUsage === undefined ? undefined : key.lastUsage.atMs / 1_000;
  return usedAt === undefined ? undefined : Math.floor(usedAt / Period) * Period;
}
