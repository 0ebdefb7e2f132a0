/** Input and output of CloudTrail 2013-11-01, of the one operation that looks events up. */
import { enums } from './enums.ts';
import { type StructureShape, structure } from './shape.ts';

const text = { type: 'string' } as const;
const timestamp = { type: 'timestamp' } as const;

const attribute = structure(
  {
    AttributeKey: { type: 'string', enum: enums.LookupAttributeKey },
    AttributeValue: { type: 'string', min: 1, max: 2_000 },
  },
  'AttributeKey',
  'AttributeValue',
);

export const cloudTrailInputs = {
  LookupEvents: structure({
    LookupAttributes: { type: 'list', member: attribute },
    StartTime: timestamp,
    EndTime: timestamp,
    EventCategory: { type: 'string', enum: ['insight'] },
    MaxResults: { type: 'integer', min: 1, max: 50 },
    NextToken: text,
  }),
} as const satisfies Record<string, StructureShape>;

const event = structure({
  EventId: text,
  EventName: text,
  ReadOnly: text,
  AccessKeyId: text,
  EventTime: timestamp,
  EventSource: text,
  Username: text,
  Resources: {
    type: 'list',
    member: structure({ ResourceType: text, ResourceName: text }),
  },
  CloudTrailEvent: text,
});

export const cloudTrailOutputs = {
  LookupEvents: structure({ Events: { type: 'list', member: event }, NextToken: text }),
} as const satisfies Record<keyof typeof cloudTrailInputs, StructureShape>;
