/** Input and output of EventBridge Scheduler 2021-06-30, of the operations that a one-time schedule takes. */
import { type StructureShape, structure } from './shape.ts';

const name = { type: 'string', min: 1, max: 64, pattern: '[0-9a-zA-Z-_.]+' } as const;
const clientToken = { type: 'string', min: 1, max: 64, pattern: '[a-zA-Z0-9-_]+' } as const;
const timestamps = { CreationDate: { type: 'timestamp' }, LastModificationDate: { type: 'timestamp' } } as const;

const target = structure(
  {
    Arn: { type: 'string', min: 1, max: 1600 },
    RoleArn: { type: 'string', min: 1, max: 1600, pattern: 'arn:aws[a-z-]*:iam::\\d{12}:role\\/[\\w+=,.@\\/-]+' },
    Input: { type: 'string', min: 1 },
    RetryPolicy: structure({
      MaximumEventAgeInSeconds: { type: 'integer', min: 60, max: 86_400 },
      MaximumRetryAttempts: { type: 'integer', min: 0, max: 185 },
    }),
  },
  'Arn',
  'RoleArn',
);

const schedule = {
  Name: name,
  GroupName: name,
  Description: { type: 'string', min: 0, max: 512 },
  ScheduleExpression: { type: 'string', min: 1, max: 256 },
  ScheduleExpressionTimezone: { type: 'string', min: 1, max: 50 },
  State: { type: 'string', enum: ['ENABLED', 'DISABLED'] },
  ActionAfterCompletion: { type: 'string', enum: ['NONE', 'DELETE'] },
  FlexibleTimeWindow: structure(
    {
      Mode: { type: 'string', enum: ['OFF', 'FLEXIBLE'] },
      MaximumWindowInMinutes: { type: 'integer', min: 1, max: 1_440 },
    },
    'Mode',
  ),
  Target: target,
} as const;

export const schedulerInputs = {
  CreateSchedule: structure(
    { ...schedule, ClientToken: clientToken },
    'Name',
    'ScheduleExpression',
    'Target',
    'FlexibleTimeWindow',
  ),
  GetSchedule: structure({ Name: name, GroupName: name }, 'Name'),
  DeleteSchedule: structure({ Name: name, GroupName: name, ClientToken: clientToken }, 'Name'),
} as const satisfies Record<string, StructureShape>;

export const schedulerOutputs = {
  CreateSchedule: structure({ ScheduleArn: { type: 'string', min: 1, max: 1224 } }, 'ScheduleArn'),
  GetSchedule: structure({ Arn: { type: 'string', min: 1, max: 1224 }, ...schedule, ...timestamps }),
  DeleteSchedule: structure({}),
} as const satisfies Record<keyof typeof schedulerInputs, StructureShape>;
