/** Input and output of CloudWatch 2010-08-01, of the one operation that reads metrics: queries of a metric, no expressions. */
import type { StructureShape } from './shape.ts';

const id = { type: 'string', min: 1, max: 255 } as const;
const token = { type: 'string' } as const;

const dimension = {
  type: 'structure',
  required: ['Name', 'Value'],
  members: { Name: { type: 'string', min: 1, max: 255 }, Value: { type: 'string', min: 1, max: 1_024 } },
} as const;

const metric = {
  type: 'structure',
  required: [],
  members: {
    Namespace: { type: 'string', min: 1, max: 255, pattern: '[^:].*' },
    MetricName: { type: 'string', min: 1, max: 255 },
    Dimensions: { type: 'list', member: dimension, max: 30 },
  },
} as const;

const query = {
  type: 'structure',
  required: ['Id'],
  members: {
    Id: id,
    Label: { type: 'string' },
    MetricStat: {
      type: 'structure',
      required: ['Metric', 'Period', 'Stat'],
      members: { Metric: metric, Period: { type: 'integer', min: 1, max: 86_400 }, Stat: { type: 'string' } },
    },
  },
} as const;

export const cloudWatchInputs = {
  GetMetricData: {
    type: 'structure',
    required: ['MetricDataQueries', 'StartTime', 'EndTime'],
    members: {
      // The API reference sets the limit, not the model.
      MetricDataQueries: { type: 'list', member: query, max: 500 },
      StartTime: { type: 'timestamp' },
      EndTime: { type: 'timestamp' },
      NextToken: token,
    },
  },
} as const satisfies Record<string, StructureShape>;

const result = {
  type: 'structure',
  required: [],
  members: {
    Id: id,
    Label: { type: 'string' },
    Timestamps: { type: 'list', member: { type: 'timestamp' } },
    Values: { type: 'list', member: { type: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } },
    StatusCode: { type: 'string', enum: ['Complete', 'InternalError', 'PartialData', 'Forbidden'] },
  },
} as const;

export const cloudWatchOutputs = {
  GetMetricData: {
    type: 'structure',
    required: [],
    members: { MetricDataResults: { type: 'list', member: result }, NextToken: token },
  },
} as const satisfies Record<keyof typeof cloudWatchInputs, StructureShape>;
