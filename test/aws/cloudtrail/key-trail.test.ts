/** The event history of CloudTrail as the port reads it. */
import type { Event, LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/aws/classify.ts';
import type { AskCloudTrail } from '../../../src/aws/cloudtrail/client.ts';
import { createKeyTrail } from '../../../src/aws/cloudtrail/key-trail.ts';
import { unlimited } from '../../support/services-in-process.ts';

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = `arn:aws:kms:us-east-1:111122223333:key/${keyId}`;
const atMs = Date.UTC(2026, 10, 28, 8);
const options = { sinceMs: atMs, untilMs: atMs + 30_000, signal: new AbortController().signal };

type Answered = { readonly Events?: Event[]; readonly NextToken?: string };

/** CloudTrail with these answers, on a clock that sleeps at once. */
function createTrail(answer: (input: LookupEventsCommandInput) => Answered) {
  const asked: { readonly name: string | undefined; readonly atMs: number }[] = [];
  let nowMs = atMs;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const lookupEvents = async (input: LookupEventsCommandInput) => {
    asked.push({ name: input.LookupAttributes?.[0]?.AttributeValue, atMs: nowMs - atMs });
    return { $metadata: {}, ...answer(input) };
  };
  const ask = (async (question) => {
    try {
      return { ok: true, value: await question({ lookupEvents } as Parameters<typeof question>[0], unlimited) };
    } catch (error) {
      return { ok: false, failure: classify(error) };
    }
  }) as AskCloudTrail;
  return { trail: createKeyTrail(ask, clock), asked };
}

const event = (EventName: string, record: object): Event => ({
  EventName,
  EventTime: new Date(atMs),
  CloudTrailEvent: JSON.stringify(record),
});

describe('the calls with a key', () => {
  it('are its successful uses, with who made them and the encryption context', async () => {
    const userIdentity = {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/pay/i-1',
      accountId: '111122223333',
      invokedBy: 'AWS Internal',
      sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/pay' } },
    };
    const { trail } = createTrail(() => ({
      Events: [
        event('Decrypt', { userIdentity, requestParameters: { encryptionContext: { order: '7' } } }),
        event('GenerateDataKey', { userIdentity: { invokedBy: 'rds.amazonaws.com' }, requestParameters: null }),
        event('Encrypt', { userIdentity, errorCode: 'DisabledException' }),
        event('DescribeKey', { userIdentity }),
        { EventName: 'Decrypt', EventTime: new Date(atMs), CloudTrailEvent: '{' },
        { EventName: 'Decrypt', EventTime: new Date(atMs) },
      ],
      NextToken: 'more',
    }));

    expect(await trail.sampleCalls(arn, { ...options, sinceMs: atMs - 3_600_000 })).toEqual({
      ok: true,
      value: {
        calls: [
          {
            atMs,
            operation: 'Decrypt',
            identity: {
              arn: userIdentity.arn,
              accountId: '111122223333',
              invokedBy: 'AWS Internal',
              roleArn: 'arn:aws:iam::111122223333:role/pay',
            },
            context: { order: '7' },
          },
          { atMs, operation: 'GenerateDataKey', identity: { invokedBy: 'rds.amazonaws.com' }, context: {} },
        ],
        isWhole: false,
        unreadable: 2,
      },
    });
  });

  it('leave out what is no event', async () => {
    const { trail } = createTrail(() => ({ Events: [null as unknown as Event, event('Encrypt', {})] }));

    const answer = await trail.sampleCalls(arn, options);

    expect(answer).toMatchObject({ ok: true, value: { calls: [{ operation: 'Encrypt' }] } });
  });

  it('are looked up by the ARN of the key, and by its id where that finds nothing, once a second', async () => {
    const { trail, asked } = createTrail(({ LookupAttributes }) =>
      LookupAttributes?.[0]?.AttributeValue === keyId ? { Events: [event('Decrypt', { userIdentity: {} })] } : {},
    );
    const samples = await Promise.all([1, 2].map(() => trail.sampleCalls(arn, options)));

    expect(samples).toMatchObject([1, 2].map(() => ({ ok: true, value: { calls: [{}], isWhole: true } })));
    expect(asked.map(({ name }) => name).sort()).toEqual([keyId, keyId, arn, arn]);
    expect(asked.map((one) => one.atMs)).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('are found on a later page, after pages that are empty or show no call', async () => {
    const pages: readonly Answered[] = [
      { Events: [], NextToken: '1' },
      { NextToken: '2' },
      { Events: [event('DescribeKey', {})], NextToken: '3' },
      { Events: [event('Decrypt', {})] },
    ];
    const { trail, asked } = createTrail(({ NextToken = '0' }) => pages[Number(NextToken)] ?? {});

    expect(await trail.sampleCalls(arn, options)).toMatchObject({
      ok: true,
      value: { calls: [{ operation: 'Decrypt' }], isWhole: true, unreadable: 0 },
    });
    expect(asked.map(({ name }) => name)).toEqual([arn, arn, arn, arn]);
  });

  it('are not known to be none where every page is empty and names a next one, which few are read of', async () => {
    const { trail, asked } = createTrail(({ NextToken = '0' }) => ({ NextToken: `${Number(NextToken) + 1}` }));

    expect(await trail.sampleCalls(arn, options)).toEqual({
      ok: true,
      value: { calls: [], isWhole: false, unreadable: 0 },
    });
    expect(asked).toHaveLength(10);
    await trail.sampleCalls(arn, { ...options, untilMs: 0 });
    expect(asked).toHaveLength(12);
  });

  it('are not known to be none where no event can be read', async () => {
    const { trail } = createTrail(() => ({ Events: [{ EventName: 'Decrypt', CloudTrailEvent: '{}' }, {}] }));

    expect(await trail.sampleCalls(arn, options)).toEqual({
      ok: true,
      value: { calls: [], isWhole: false, unreadable: 2 },
    });
  });

  it('are not known where CloudTrail does not answer', async () => {
    const { trail } = createTrail(() => {
      throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    });

    expect(await trail.sampleCalls(arn, options)).toMatchObject({ ok: false, failure: { class: 'denied' } });
  });
});
