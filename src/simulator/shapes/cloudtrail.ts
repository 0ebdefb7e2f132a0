/** Input and output of CloudTrail 2013-11-01, of the one operation that looks events up. */
import { enums } from './enums.ts';
import type { StructureShape } from './shape.ts';

const text = { type: 'string' } as const;
const timestamp = { type: 'timestamp' } as const;

const attribute = {
  type: 'structure',
  required: ['AttributeKey', 'AttributeValue'],
  members: {
    AttributeKey: { type: 'string', enum: enums.LookupAttributeKey },
    AttributeValue: { type: 'string', min: 1, max: 2_000 },
  },
} as const;

export const cloudTrailInputs = {
  LookupEvents: {
    type: 'structure',
    required: [],
    members: {
      LookupAttributes: { type: 'list', member: attribute },
      StartTime: timestamp,
      EndTime: timestamp,
      EventCategory: { type: 'string', enum: ['insight'] },
      MaxResults: { type: 'integer', min: 1, max: 50 },
      NextToken: text,
    },
  },
} as const satisfies Record<string, StructureShape>;

const event = {
  type: 'structure',
  required: [],
  members: {
    EventId: text,
    EventName: text,
    ReadOnly: text,
    AccessKeyId: text,
    EventTime: timestamp,
    EventSource: text,
    Username: text,
    Resources: {
      type: 'list',
      member: { type: 'structure', required: [], members: { ResourceType: text, ResourceName: text } },
    },
    CloudTrailEvent: text,
  },
} as const;

export const cloudTrailOutputs = {
  LookupEvents: {
    type: 'structure',
    required: [],
    members: { Events: { type: 'list', member: event }, NextToken: text },
  },
} as const satisfies Record<keyof typeof cloudTrailInputs, StructureShape>;
