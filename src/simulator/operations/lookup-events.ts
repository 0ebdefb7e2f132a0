/**
 * LookupEvents of CloudTrail: the calls that name a key, the latest first, minutes after they were made. A client compares their
 * instants with its own clock, so answers use that clock.
 */
import { refuse } from '../fault.ts';
import { identify } from '../principal.ts';
import type { Input, Output } from '../shapes.ts';
import { makeEventId, type TrailEvent } from '../trail.ts';
import type { World } from '../world.ts';

type Shown = NonNullable<Output<'LookupEvents'>['Events']>[number];

const keptMs = 90 * 86_400_000;
const pageAtMost = 50;
const eventSource = 'kms.amazonaws.com';

export function lookupEvents(world: World, input: Input<'LookupEvents'>, nowMs: number): Output<'LookupEvents'> {
  const { StartTime = 0, EndTime = Number.POSITIVE_INFINITY, LookupAttributes = [], MaxResults = pageAtMost } = input;
  if (StartTime > EndTime) refuse('InvalidTimeRangeException', 'The start time is after the end time');
  if (LookupAttributes.length > 1) refuse('InvalidLookupAttributesException', 'Only one attribute can be looked up');
  if (input.EventCategory === 'insight') return { Events: [] };
  const before = readToken(input.NextToken);
  const isMeant = (event: TrailEvent): boolean => {
    const atSeconds = world.toClientMs(event.atMs) / 1000;
    return (
      event.shownFromMs <= nowMs &&
      event.atMs > nowMs - keptMs &&
      atSeconds >= StartTime &&
      atSeconds <= EndTime &&
      (before === undefined || compare(event, before) > 0)
    );
  };
  const found = world.trail.events
    .filter(isMeant)
    .sort(compare)
    .map((event) => ({ event, shown: show(world, event) }))
    .filter(({ shown }) => LookupAttributes.every((attribute) => fits(shown, attribute)));
  const page = found.slice(0, MaxResults);
  const last = page.at(-1)?.event;
  return {
    Events: page.map(({ shown }) => shown),
    ...(last && found.length > page.length ? { NextToken: writeToken(last) } : {}),
  };
}

type Position = Pick<TrailEvent, 'atMs' | 'ordinal'>;

/** The latest first. */
function compare(one: Position, other: Position): number {
  return other.atMs - one.atMs || other.ordinal - one.ordinal;
}

function writeToken({ atMs, ordinal }: Position): string {
  return Buffer.from(`${atMs}:${ordinal}`).toString('base64url');
}

function readToken(token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  const [, atMs, ordinal] = /^([\d.]+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (ordinal === undefined) return refuse('InvalidNextTokenException', 'The token is not valid');
  return { atMs: Number(atMs), ordinal: Number(ordinal) };
}

function fits(
  shown: Shown,
  { AttributeKey, AttributeValue }: { AttributeKey: string; AttributeValue: string },
): boolean {
  const { Resources = [], ...values } = shown;
  if (AttributeKey === 'ResourceName') return Resources.some(({ ResourceName }) => ResourceName === AttributeValue);
  if (AttributeKey === 'ResourceType') return Resources.some(({ ResourceType }) => ResourceType === AttributeValue);
  return (values as Readonly<Record<string, unknown>>)[AttributeKey] === AttributeValue;
}

function show(world: World, event: TrailEvent): Shown {
  const { operation, requestId, keyArns, caller, errorCode, encryptionContext } = event;
  const { userIdentity, username, accessKeyId } = identify(world, caller);
  const eventTime = new Date(world.toClientMs(event.atMs));
  const readOnly = !/^(?:Enable|Disable|Schedule|Cancel|Create|Update|Put)/.test(operation);
  const EventId = makeEventId(requestId);
  const record = {
    eventVersion: '1.11',
    userIdentity,
    eventTime: eventTime.toISOString(),
    eventSource,
    eventName: operation,
    awsRegion: world.region,
    ...(errorCode === undefined ? {} : { errorCode }),
    requestParameters: {
      ...(keyArns.length === 1 ? { keyId: keyArns[0] } : {}),
      ...(encryptionContext && { encryptionContext }),
    },
    responseElements: null,
    requestID: requestId,
    eventID: EventId,
    readOnly,
    resources: keyArns.map((ARN) => ({ accountId: world.accountId, type: 'AWS::KMS::Key', ARN })),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: world.accountId,
    eventCategory: 'Management',
  };
  return {
    EventId,
    EventName: operation,
    ReadOnly: `${readOnly}`,
    ...(accessKeyId === undefined ? {} : { AccessKeyId: accessKeyId }),
    EventTime: eventTime.getTime() / 1000,
    EventSource: eventSource,
    ...(username === undefined ? {} : { Username: username }),
    Resources: keyArns.map((ResourceName) => ({ ResourceType: 'AWS::KMS::Key', ResourceName })),
    CloudTrailEvent: JSON.stringify(record),
  };
}
