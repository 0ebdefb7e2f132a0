/** CloudTrail and CloudWatch: who used a key, how often, and when that can be seen. */
import { describe, expect, test } from 'vitest';
import { documentedRates } from '../../src/simulator/index.ts';
import { setStage } from './stage.ts';

const minuteMs = 60_000;
const delayMs = 5 * minuteMs;
const Plaintext = Buffer.from('a canary').toString('base64');

interface LookedUp {
  readonly Events: readonly {
    readonly EventName: string;
    readonly EventTime: number;
    readonly Username?: string;
    readonly Resources: readonly { readonly ResourceName: string }[];
    readonly CloudTrailEvent: string;
  }[];
  readonly NextToken?: string;
}

function setKeyStage(options: object = {}) {
  const durations = { trailDelay: delayMs };
  const stage = setStage({ durations, ...options });
  const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
  const KeyId = stage.simulator.addKey(id, { AliasName: 'alias/pay' });
  const { simulator } = stage;
  const { KeyMetadata } = simulator.call('DescribeKey', { KeyId }, 'AKIAOPERATOR') as { KeyMetadata: { Arn: string } };
  const ofKey = [{ AttributeKey: 'ResourceName', AttributeValue: KeyMetadata.Arn }];
  const lookup = (input: object = {}) =>
    simulator.call('LookupEvents', { LookupAttributes: ofKey, ...input }, 'AKIAOPERATOR') as LookedUp;
  const encrypt = (caller: string, values: object = {}) =>
    simulator.receive('Encrypt', { KeyId: 'alias/pay', Plaintext, ...values }, caller);
  return { ...stage, id, KeyId, arn: KeyMetadata.Arn, lookup, encrypt };
}

const read = ({ Events }: LookedUp) => Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent));

describe('CloudTrail', () => {
  test('shows a use minutes later, the latest first, with who made it', () => {
    const { encrypt, lookup, wait, arn } = setKeyStage();
    encrypt('role/payments-api', { EncryptionContext: { order: '7' } });
    wait(delayMs - 1);
    encrypt('AKIAOPERATOR');
    expect(lookup().Events).toEqual([]);
    wait(1);

    expect(read(lookup())).toMatchObject([
      {
        eventName: 'Encrypt',
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/payments-api/payments-api-session',
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/payments-api' } },
        },
        requestParameters: { encryptionContext: { order: '7' } },
        resources: [{ ARN: arn }],
      },
      { eventName: 'DescribeKey', userIdentity: { type: 'IAMUser', userName: 'AKIAOPERATOR' } },
    ]);
  });

  test.each([
    ['rds.amazonaws.com', { type: 'AWSService', invokedBy: 'rds.amazonaws.com' }],
    ['arn:aws:iam::444455556666:role/reports', { type: 'AWSAccount', accountId: '444455556666' }],
    ['arn:aws:iam::111122223333:user/anna', { type: 'IAMUser', userName: 'anna' }],
    ['user/anna', { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/anna' }],
    ['root', { type: 'Root', arn: 'arn:aws:iam::111122223333:root' }],
    [
      'arn:aws:sts::111122223333:assumed-role/admin/anna',
      { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/admin/anna' },
    ],
  ])('identifies %s', (caller, userIdentity) => {
    const { encrypt, lookup, wait } = setKeyStage();
    encrypt(caller);
    wait(delayMs);

    expect(read(lookup())[0]).toMatchObject({ userIdentity });
  });

  test('shows the uses of traffic and of external actors, and failures with their error', () => {
    const { simulator, lookup, wait, KeyId, encrypt } = setKeyStage();
    simulator.orderTraffic({ key: 'alias/pay', operation: 'Decrypt', everyMs: minuteMs, principal: 'role/reader' });
    simulator.addExternalActor({
      moment: { atMs: 2.5 * minuteMs },
      act: () => void simulator.call('DisableKey', { KeyId }, 'user/colleague'),
    });
    wait(3 * minuteMs);
    encrypt('role/payments-api');
    wait(delayMs);

    expect(read(lookup()).map(({ eventName, errorCode = 'ok' }) => `${eventName} ${errorCode}`)).toEqual([
      'Encrypt DisabledException',
      'Decrypt DisabledException',
      'DisableKey ok',
      'Decrypt ok',
      'Decrypt ok',
      'DescribeKey ok',
    ]);
  });

  test('shows both keys of a ReEncrypt, and no call that was throttled or lost on its way', () => {
    const { simulator, lookup, encrypt, wait, id, arn } = setKeyStage();
    const DestinationKeyId = simulator.addKey(id);
    const { CiphertextBlob } = encrypt('role/a').output as { CiphertextBlob: string };
    simulator.failNext('Encrypt', 'ThrottlingException');
    encrypt('role/a');
    simulator.failNext('Encrypt', 'ConnectionReset');
    encrypt('role/a');
    simulator.failNext('Encrypt', 'AccessDeniedException');
    encrypt('role/a');
    simulator.receive('ReEncrypt', { CiphertextBlob, DestinationKeyId }, 'role/a');
    wait(delayMs);

    const events = read(lookup());
    expect(events.map(({ eventName, errorCode }) => errorCode ?? eventName)).toEqual([
      'ReEncrypt',
      'AccessDeniedException',
      'Encrypt',
      'DescribeKey',
    ]);
    expect(events[0]).toMatchObject({ resources: [{}, { ARN: arn }] });
  });

  test('comes in pages of 50, between two instants, by one attribute', () => {
    const { lookup, encrypt, wait, now, simulator, attempt } = setKeyStage();
    const seconds = () => now() / 1000;
    wait(1_000);
    const StartTime = seconds();
    for (let nth = 0; nth < 120; nth += 1) {
      encrypt('role/payments-api');
      wait(1_000);
    }
    wait(delayMs);
    const pages: number[] = [];
    let NextToken: string | undefined;
    do {
      const page: LookedUp = lookup({ StartTime, EndTime: StartTime + 110, ...(NextToken ? { NextToken } : {}) });
      pages.push(page.Events.length);
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(pages).toEqual([50, 50, 11]);

    const byName = [{ AttributeKey: 'EventName', AttributeValue: 'DescribeKey' }];
    expect(lookup({ LookupAttributes: byName }).Events).toHaveLength(1);
    expect(lookup({ MaxResults: 3 }).Events).toHaveLength(3);
    expect(attempt('LookupEvents', { LookupAttributes: [...byName, ...byName] })).toBe(
      'InvalidLookupAttributesException',
    );
    expect(attempt('LookupEvents', { StartTime: 2, EndTime: 1 })).toBe('InvalidTimeRangeException');
    expect(attempt('LookupEvents', { NextToken: 'x' })).toBe('InvalidNextTokenException');
    expect(attempt('LookupEvents', { MaxResults: 51 })).toBe('ValidationException');
    expect(simulator.call('LookupEvents', { EventCategory: 'insight' })).toEqual({ Events: [] });
  });

  test('forgets after 90 days, and is throttled at two requests a second', () => {
    const { lookup, encrypt, wait, attempt } = setKeyStage({ quotas: documentedRates });
    encrypt('role/payments-api');
    wait(90 * 86_400_000 - 1);
    expect(lookup().Events).toHaveLength(2);
    wait(1);

    expect(lookup().Events).toEqual([]);
    expect([1, 2].map(() => attempt('LookupEvents', {}))).toContain('ThrottlingException');
  });
});

describe('CloudWatch', () => {
  test('counts the successful uses of a key in each period, whoever made them', () => {
    const { simulator, arn, KeyId, encrypt, wait, now } = setKeyStage();
    const start = now() / 1000;
    simulator.orderTraffic({ key: 'alias/pay', operation: 'GenerateDataKey', everyMs: 20_000 });
    encrypt('role/a');
    wait(2 * minuteMs);
    simulator.call('DisableKey', { KeyId });
    wait(2 * minuteMs);
    encrypt('role/a');
    const ask = (value: string, Period = 60) => ({
      Id: 'key0',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/KMS',
          MetricName: 'SuccessfulRequest',
          Dimensions: [{ Name: 'KeyArn', Value: value }],
        },
        Period,
        Stat: 'Sum',
      },
    });
    const read = (query: object, StartTime = start) =>
      simulator.call('GetMetricData', { MetricDataQueries: [query], StartTime, EndTime: now() / 1000 });

    expect(read(ask(arn))).toMatchObject({
      MetricDataResults: [{ Timestamps: [start + 120, start + 60, start], Values: [1, 3, 3] }],
    });
    expect(read(ask(arn), start + 60)).toMatchObject({ MetricDataResults: [{ Values: [1, 3] }] });
    expect(read(ask(arn, 3600))).toMatchObject({ MetricDataResults: [{ Timestamps: [start], Values: [7] }] });
    expect(read(ask('arn:aws:kms:us-east-1:111122223333:key/none'))).toMatchObject({
      MetricDataResults: [{ Timestamps: [], Values: [] }],
    });
  });
});
