/**
 * The port to the metrics of keys. Source: KMS developer guide, "Monitor KMS keys with Amazon CloudWatch" (namespace AWS/KMS,
 * metric SuccessfulRequest, dimension KeyArn), and the CloudWatch API reference, GetMetricData.
 */
import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { turnPages } from '../../domain/pages.ts';
import type { KeyMetrics, MeteredUse } from '../../ports/key-metrics.ts';
import type { AskCloudWatch } from './client.ts';

/** GetMetricData takes no more queries in one request. */
const queriesAtMost = 500;

/** The shortest period of a metric of an AWS service; of a long range hours are counted, which are fewer data points. */
const choosePeriodMs = (rangeMs: number) => (rangeMs > 3 * 3_600_000 ? 3_600_000 : 60_000);

export function createKeyMetrics(ask: AskCloudWatch, clock: { now(): number }): KeyMetrics {
  return {
    findUses: (keyArns, sinceMs, signal) =>
      ask(async (client, options) => {
        const uses = new Map<string, MeteredUse>();
        const periodMs = choosePeriodMs(clock.now() - sinceMs);
        const range = { StartTime: new Date(sinceMs), EndTime: new Date(clock.now()) };
        for (let first = 0; first < keyArns.length; first += queriesAtMost) {
          const arns = keyArns.slice(first, first + queriesAtMost);
          await turnPages<string>(async (token) => {
            const request = {
              MetricDataQueries: arns.map((arn, at) => describeQuery(arn, at, periodMs)),
              ...range,
              ...(token ? { NextToken: token } : {}),
            };
            const { MetricDataResults = [], NextToken } = await client.getMetricData(request, options);
            for (const result of MetricDataResults) {
              requireReadable(result);
              const arn = arns[Number(result.Id?.slice(idPrefix.length))];
              const use = readUse(result, periodMs);
              if (arn !== undefined && use !== null) uses.set(arn, add(use, uses.get(arn)));
            }
            return NextToken;
          });
        }
        return uses;
      }, signal),
  };
}

function add(use: MeteredUse, earlier: MeteredUse = { requests: 0, lastAtMs: 0 }): MeteredUse {
  return { requests: use.requests + earlier.requests, lastAtMs: Math.max(use.lastAtMs, earlier.lastAtMs) };
}

/** An id begins with a lower-case letter. */
const idPrefix = 'key';

function describeQuery(arn: string, at: number, periodMs: number) {
  const Metric = {
    Namespace: 'AWS/KMS',
    MetricName: 'SuccessfulRequest',
    Dimensions: [{ Name: 'KeyArn', Value: arn }],
  };
  return { Id: `${idPrefix}${at}`, MetricStat: { Metric, Period: periodMs / 1_000, Stat: 'Sum' } };
}

/** The answer to one query may be missing while the others are there; its key would be taken for unused. */
function requireReadable({ StatusCode }: MetricDataResult): void {
  if (StatusCode === 'Forbidden' || StatusCode === 'InternalError')
    throw new Error(`CloudWatch answers ${StatusCode} for the metric of a key`);
}

/** A key may have been used until the end of the last period that counts a request. */
function readUse({ Timestamps = [], Values = [] }: MetricDataResult, periodMs: number): MeteredUse | null {
  const counts = Timestamps.map((start, at) => ({ startMs: start.getTime(), requests: Values[at] ?? 0 }));
  const used = counts.filter(({ requests }) => requests > 0);
  if (used.length === 0) return null;
  return {
    requests: used.reduce((sum, { requests }) => sum + requests, 0),
    lastAtMs: Math.max(...used.map(({ startMs }) => startMs)) + periodMs,
  };
}
