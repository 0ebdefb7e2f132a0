/** Held against the specification of the embedded metric format, as AWS publishes its JSON schema. */
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { makeRunMetrics } from '../../src/progress/metrics.ts';

const word = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const specification = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              Namespace: word(1_024),
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', maxItems: 30, items: word(250) },
              },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  additionalProperties: false,
                  properties: { Name: word(1_024), Unit: { enum: ['Milliseconds', 'Count'] } },
                },
              },
            },
          },
        },
      },
    },
  },
};

const at = {
  runId: 'run-1',
  account: '111122223333',
  region: 'eu-central-1',
  store: 'xks',
  customKeyStoreId: 'cks-1234567890abcdef0',
  storeName: 'xks',
  step: 'verifyKeys',
};

const ways = [
  ['that was offline', { outcome: 'updated', mode: 'offline', offlineMs: 660_000 }, 660_000],
  ['that stayed online', { outcome: 'updated', mode: 'live', offlineMs: null }, 0],
  ['whose store did not come back', { outcome: 'stranded', mode: 'offline', offlineMs: null }, undefined],
  ['that broke off', null, undefined],
] as const;

describe('the metrics of a run', () => {
  it.each(ways)('%s are as CloudWatch reads them', (_, result, offlineMs) => {
    const metrics = makeRunMetrics(result, at, 1_000) as unknown as Record<string, unknown>;

    const validate = new Ajv({ strict: true }).compile(specification);
    expect(validate(metrics) ? null : validate.errors).toBeNull();
    const directives = (metrics._aws as ReturnType<typeof makeRunMetrics>['_aws']).CloudWatchMetrics;
    const dimensions = directives.flatMap((one) => one.Dimensions.flat());
    const names = directives.flatMap((one) => one.Metrics.map(({ Name }) => Name));
    // References to members of the root: a dimension is a string, a metric a number.
    for (const name of dimensions) expect(metrics[name]).toEqual(expect.stringMatching(/^.{1,1024}$/));
    for (const name of names) expect(metrics[name]).toEqual(expect.any(Number));
    expect(names).toEqual(offlineMs === undefined ? ['Runs'] : ['Runs', 'OfflineMs']);
    expect([metrics.OfflineMs, metrics.Runs, metrics.Outcome]).toEqual([offlineMs, 1, result?.outcome ?? 'unfinished']);
  });

  it('name a store that was never seen as it was asked for', () => {
    expect(makeRunMetrics(null, { ...at, customKeyStoreId: null, storeName: null }, 0).Store).toBe('xks');
  });
});
