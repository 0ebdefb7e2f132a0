/**
 * The port to the event history of CloudTrail. Source: CloudTrail API reference, LookupEvents; CloudTrail user guide, "userIdentity
 * element"; KMS developer guide, "Logging AWS KMS API calls with AWS CloudTrail".
 */
import type { Event } from '@aws-sdk/client-cloudtrail';
import { keyIdOf } from '../../domain/arn.ts';
import type { CallSample, KeyCall } from '../../domain/impact/impact.ts';
import type { CallerIdentity } from '../../domain/impact/users.ts';
import { isInstant } from '../../domain/shape.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyTrail, SampleOptions } from '../../ports/key-trail.ts';
import type { AskCloudTrail } from './client.ts';

/** LookupEvents gives no more events in one answer. */
const eventsAtMost = 50;

/** An account may look up twice a second; others there need the rest. */
const pauseMs = 1_000;

/** How many pages are read until one shows a call. */
const pagesAtMost = 5;

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

  async function readPage(
    resourceName: string,
    token: string | undefined,
    { sinceMs, signal }: SampleOptions,
  ): Promise<Answer<Page>> {
    turn = turn.then(() => awaitTurn(signal));
    await turn;
    return ask(async (client, options) => {
      const request = {
        LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: resourceName }],
        StartTime: new Date(sinceMs),
        MaxResults: eventsAtMost,
        ...(token === undefined ? {} : { NextToken: token }),
      };
      const { Events, NextToken } = await client.lookupEvents(request, options);
      return { events: Events ?? [], token: NextToken || undefined };
    }, signal);
  }

  /** A page may show no call, and the next one some: LookupEvents shows every event of a key, and may return none. */
  async function lookUp(resourceName: string, options: SampleOptions): Promise<Answer<CallSample>> {
    let unreadable = 0;
    let token: string | undefined;
    for (let page = 1; ; page += 1) {
      const answer = await readPage(resourceName, token, options);
      if (!answer.ok) return answer;
      const read = answer.value.events.map(readEvent);
      const calls = read.filter((one) => one !== 'other' && one !== 'unreadable');
      unreadable += read.filter((one) => one === 'unreadable').length;
      ({ token } = answer.value);
      const mayGoOn = page < pagesAtMost && clock.now() < options.untilMs && !options.signal.aborted;
      if (calls.length > 0 || token === undefined || !mayGoOn)
        return { ok: true, value: { calls, isWhole: token === undefined && unreadable === 0, unreadable } };
    }
  }

  return {
    async sampleCalls(keyArn, options) {
      const byArn = await lookUp(keyArn, options);
      // No document says whether CloudTrail knows a key by its ARN or by its id.
      if (!byArn.ok || byArn.value.calls.length > 0 || byArn.value.unreadable > 0) return byArn;
      const byId = await lookUp(keyIdOf(keyArn), options);
      if (!byId.ok) return byId;
      return { ok: true, value: { ...byId.value, isWhole: byId.value.isWhole && byArn.value.isWhole } };
    },
  };
}

interface Page {
  /** Null: an answer that is not from CloudTrail may hold that too. */
  readonly events: readonly (Event | null)[];
  /** Of the next page; undefined: this was the last. */
  readonly token: string | undefined;
}

/** The members of an event that cks reads. */
interface EventRecord {
  readonly errorCode?: string;
  readonly userIdentity?: Omit<CallerIdentity, 'roleArn'> & {
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
  readonly requestParameters?: { readonly encryptionContext?: Readonly<Record<string, string>> } | null;
}

/** `other`: it is no successful use of a key. */
function readEvent(event: Event | null): KeyCall | 'other' | 'unreadable' {
  const { EventName, EventTime, CloudTrailEvent } = event ?? {};
  if (EventName !== undefined && !uses.includes(EventName)) return 'other';
  const record = parse(CloudTrailEvent);
  if (!record || EventName === undefined || !isInstant(EventTime)) return 'unreadable';
  if (record.errorCode !== undefined) return 'other';
  const { arn, accountId, invokedBy, sessionContext } = record.userIdentity ?? {};
  const roleArn = sessionContext?.sessionIssuer?.arn;
  return {
    atMs: EventTime.getTime(),
    operation: EventName,
    identity: {
      ...(arn === undefined ? {} : { arn }),
      ...(accountId === undefined ? {} : { accountId }),
      ...(invokedBy === undefined ? {} : { invokedBy }),
      ...(roleArn === undefined ? {} : { roleArn }),
    },
    context: record.requestParameters?.encryptionContext ?? {},
  };
}

function parse(text: string | undefined): EventRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
