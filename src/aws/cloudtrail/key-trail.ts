/**
 * The port to the event history of CloudTrail. Source: CloudTrail API reference, LookupEvents; CloudTrail user guide, "userIdentity
 * element"; KMS developer guide, "Logging AWS KMS API calls with AWS CloudTrail".
 */
import type { Event } from '@aws-sdk/client-cloudtrail';
import { keyIdOf } from '../../domain/arn.ts';
import type { KeyCall } from '../../domain/impact/impact.ts';
import type { CallerIdentity } from '../../domain/impact/users.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyTrail } from '../../ports/key-trail.ts';
import type { AskCloudTrail } from './client.ts';

/** LookupEvents gives no more events in one answer. */
const eventsAtMost = 50;

/** An account may look up twice a second; others there need the rest. */
const pauseMs = 1_000;

const uses: readonly (string | undefined)[] = [
  'Encrypt',
  'Decrypt',
  'ReEncrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
];

export function createKeyTrail(ask: AskCloudTrail, clock: Clock): KeyTrail {
  let turn = Promise.resolve();
  let nextAtMs = 0;

  async function awaitTurn(signal: AbortSignal): Promise<void> {
    const waitMs = Math.min(nextAtMs - clock.now(), pauseMs);
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    nextAtMs = clock.now() + pauseMs;
  }

  async function lookUp(resourceName: string, sinceMs: number, signal: AbortSignal): Promise<Answer<Page>> {
    turn = turn.then(() => awaitTurn(signal));
    await turn;
    return ask(async (client, options) => {
      const request = {
        LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: resourceName }],
        StartTime: new Date(sinceMs),
        MaxResults: eventsAtMost,
      };
      const { Events = [], NextToken } = await client.lookupEvents(request, options);
      return { events: Events, isWhole: NextToken === undefined };
    }, signal);
  }

  return {
    async sampleCalls(keyArn, sinceMs, signal) {
      const byArn = await lookUp(keyArn, sinceMs, signal);
      // No document says whether CloudTrail knows a key by its ARN or by its id.
      const keyId = keyIdOf(keyArn);
      const found = byArn.ok && byArn.value.events.length === 0 ? await lookUp(keyId, sinceMs, signal) : byArn;
      if (!found.ok) return found;
      const { events, isWhole } = found.value;
      return { ok: true, value: { calls: events.flatMap(readCall), isWhole } };
    },
  };
}

interface Page {
  /** Null: an answer that is not from CloudTrail may hold that too. */
  readonly events: readonly (Event | null)[];
  readonly isWhole: boolean;
}

/** The members of an event that cks reads. */
interface EventRecord {
  readonly errorCode?: string;
  readonly userIdentity?: Omit<CallerIdentity, 'roleArn'> & {
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
  readonly requestParameters?: { readonly encryptionContext?: Readonly<Record<string, string>> } | null;
}

/** Nothing where the event is no successful use of a key, or cannot be read. */
function readCall(event: Event | null): readonly KeyCall[] {
  const { EventName, EventTime, CloudTrailEvent } = event ?? {};
  const record = parse(CloudTrailEvent);
  if (!record || record.errorCode !== undefined || !uses.includes(EventName) || !EventTime) return [];
  const { arn, accountId, invokedBy, sessionContext } = record.userIdentity ?? {};
  const roleArn = sessionContext?.sessionIssuer?.arn;
  return [
    {
      atMs: EventTime.getTime(),
      operation: EventName ?? '',
      identity: {
        ...(arn === undefined ? {} : { arn }),
        ...(accountId === undefined ? {} : { accountId }),
        ...(invokedBy === undefined ? {} : { invokedBy }),
        ...(roleArn === undefined ? {} : { roleArn }),
      },
      context: record.requestParameters?.encryptionContext ?? {},
    },
  ];
}

function parse(text: string | undefined): EventRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
