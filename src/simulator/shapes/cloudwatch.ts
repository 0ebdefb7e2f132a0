/** Input and output of CloudWatch 2010-08-01, of the one operation that reads metrics: queries of a metric, no expressions. */
import { type StructureShape, structure } from './shape.ts';

const id = { type: 'string', min: 1, max: 255 } as const;
const token = { type: 'string' } as const;

const dimension = structure(
  { Name: { type: 'string', min: 1, max: 255 }, Value: { type: 'string', min: 1, max: 1_024 } },
  'Name',
  'Value',
);

const metric = structure({
  Namespace: { type: 'string', min: 1, max: 255, pattern: '[^:].*' },
  MetricName: { type: 'string', min: 1, max: 255 },
  Dimensions: { type: 'list', member: dimension, max: 30 },
});

const query = structure(
  {
    Id: id,
    Label: { type: 'string' },
    MetricStat: structure(
      { Metric: metric, Period: { type: 'integer', min: 1, max: 86_400 }, Stat: { type: 'string' } },
      'Metric',
      'Period',
      'Stat',
    ),
  },
  'Id',
);

export const cloudWatchInputs = {
  GetMetricData: structure(
    {
      // The API reference sets the limit, not the model.
      MetricDataQueries: { type: 'list', member: query, max: 500 },
      StartTime: { type: 'timestamp' },
      EndTime: { type: 'timestamp' },
      NextToken: token,
    },
    'MetricDataQueries',
    'StartTime',
    'EndTime',
  ),
} as const satisfies Record<string, StructureShape>;

const result = structure({
  Id: id,
  Label: { type: 'string' },
  Timestamps: { type: 'list', member: { type: 'timestamp' } },
  Values: { type: 'list', member: { type: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } },
  StatusCode: { type: 'string', enum: ['Complete', 'InternalError', 'PartialData', 'Forbidden'] },
});

export const cloudWatchOutputs = {
  GetMetricData: structure({ MetricDataResults: { type: 'list', member: result }, NextToken: token }),
} as const satisfies Record<keyof typeof cloudWatchInputs, StructureShape>;
