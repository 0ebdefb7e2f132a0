import type { GetMetricDataInput, GetMetricDataOutput } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { classify } from '../../../src/aws/classify.ts';
import type { AskCloudWatch } from '../../../src/aws/cloudwatch/client.ts';
import { createKeyMetrics } from '../../../src/aws/cloudwatch/key-metrics.ts';
import { unlimited } from '../../support/services-in-process.ts';

const nowMs = Date.UTC(2026, 10, 24, 3);
const minute = 60_000;
const arnOf = (at: number) => `arn:aws:kms:us-east-1:111122223333:key/${at}`;
const { signal } = new AbortController();

/** CloudWatch with these answers. */
function createMetrics(answer: (input: GetMetricDataInput) => GetMetricDataOutput) {
  const asked: GetMetricDataInput[] = [];
  const getMetricData = async (input: GetMetricDataInput) => {
    asked.push(input);
    return { $metadata: {}, ...answer(input) };
  };
  const ask = (async (question) => {
    try {
      return { ok: true, value: await question({ getMetricData } as Parameters<typeof question>[0], unlimited) };
    } catch (error) {
      return { ok: false, failure: classify(error) };
    }
  }) as AskCloudWatch;
  return { metrics: createKeyMetrics(ask, { now: () => nowMs }), asked };
}

it('asks for 500 keys at a time, by the minute, and finds how often and in which last minute a key was used', async () => {
  const { metrics, asked } = createMetrics(({ MetricDataQueries = [] }) => ({
    MetricDataResults: MetricDataQueries.slice(0, 1).map(({ Id }) => ({
      Id,
      Timestamps: [nowMs - 20 * minute, nowMs - 9 * minute, nowMs - 5 * minute].map((ms) => new Date(ms)),
      Values: [3, 1, 0],
    })),
  }));
  const arns = Array.from({ length: 1_200 }, (_, at) => arnOf(at));
  const found = await metrics.findUses(arns, nowMs - 60 * minute, signal);

  expect(asked.map(({ MetricDataQueries = [] }) => MetricDataQueries.length)).toEqual([500, 500, 200]);
  expect(asked[0]?.MetricDataQueries?.[0]?.MetricStat).toEqual({
    Metric: {
      Namespace: 'AWS/KMS',
      MetricName: 'SuccessfulRequest',
      Dimensions: [{ Name: 'KeyArn', Value: arnOf(0) }],
    },
    Period: 60,
    Stat: 'Sum',
  });
  const usedAtMs = nowMs - 8 * minute;
  expect(found).toEqual({
    ok: true,
    value: new Map([0, 500, 1_000].map((at) => [arnOf(at), { requests: 4, lastAtMs: usedAtMs }])),
  });
});

it('reads all pages of an answer, and counts hours of a long range', async () => {
  const { metrics, asked } = createMetrics(({ NextToken }) =>
    NextToken === undefined
      ? { NextToken: 'more', MetricDataResults: [{ Id: 'key0', StatusCode: 'PartialData' }] }
      : { MetricDataResults: [{ Id: 'key1', Timestamps: [new Date(nowMs - 240 * minute)], Values: [1] }] },
  );
  const found = await metrics.findUses([arnOf(0), arnOf(1)], nowMs - 24 * 60 * minute, signal);

  expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
  expect(asked[0]?.MetricDataQueries?.[0]?.MetricStat?.Period).toBe(3_600);
  expect(found).toEqual({ ok: true, value: new Map([[arnOf(1), { requests: 1, lastAtMs: nowMs - 180 * minute }]]) });
});

it.each(['Forbidden', 'InternalError'] as const)(
  'never takes a key for unused whose metric is %s',
  async (StatusCode) => {
    const { metrics } = createMetrics(() => ({ MetricDataResults: [{ Id: 'key0', StatusCode, Timestamps: [] }] }));
    expect(await metrics.findUses([arnOf(0)], nowMs - 60 * minute, signal)).toMatchObject({
      ok: false,
      failure: { message: `CloudWatch answers ${StatusCode} for the metric of a key` },
    });
  },
);
