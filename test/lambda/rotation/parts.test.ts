import { describe, expect, it } from 'vitest';
import { makeCredential, readCredential } from '../../../src/lambda/rotation/credential.ts';
import { createDeadline } from '../../../src/lambda/rotation/deadline.ts';
import { makeRotationPolicy } from '../../../src/lambda/rotation/index.ts';
import * as labels from '../../../src/lambda/rotation/labels.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('a new credential', () => {
  it('is one that KMS takes, and another each time', () => {
    const made = Array.from({ length: 200 }, () => makeCredential([]));
    expect(new Set(made.flatMap((one) => Object.values(one))).size).toBe(400);
    for (const one of made) {
      expect(one.AccessKeyId).toMatch(/^[A-Z2-7]{20}$/);
      expect(one.RawSecretAccessKey).toMatch(/^[a-zA-Z0-9/+=]{43,64}$/);
      expect(readCredential(JSON.stringify(one))).toEqual(one);
    }
  });

  it('has no AccessKeyId that is taken', () => {
    let draws = 0;
    const chance = (bytes: number) => {
      draws += 1;
      return new Uint8Array(bytes).fill(draws);
    };
    expect(makeCredential(['B'.repeat(20), 'C'.repeat(20)], chance).AccessKeyId).toBe('D'.repeat(20));
  });

  it('has each character of the alphabet, wherever it stands', () => {
    const observed = new Set(Array.from({ length: 400 }, () => makeCredential([]).AccessKeyId).join(''));
    expect(observed.size).toBe(32);
  });

  it.each(['', 'null', '"text"', '[]', '{}', '{"AccessKeyId":1,"RawSecretAccessKey":2}'])('is not %s', (text) => {
    expect(readCredential(text)).toBe(null);
  });
});

describe('the labels', () => {
  it('remember since when KMS uses a version, to the millisecond', () => {
    const atMs = Date.parse('2026-11-24T03:00:02.320Z');
    expect(labels.acceptedLabel(atMs)).toBe('cks-accepted-20261124T030002.320Z');
    expect(labels.acceptedAtMs(['AWSPENDING', labels.acceptedLabel(atMs)])).toBe(atMs);
    expect([labels.acceptedAtMs([]), labels.acceptedAtMs(['cks-accepted-yesterday'])]).toEqual([null, null]);
  });

  it('fit where labels may stand, for the longest id of a version', () => {
    const id = 'f'.repeat(64);
    const all = [labels.begunLabel(id), labels.beforeLabel(id), labels.outageLabel(id), labels.acceptedLabel(0)];
    expect(all.filter((label) => label.length > 256)).toEqual([]);
    expect(labels.findOurs(['AWSCURRENT', ...all, labels.canariesLabel])).toEqual(all);
  });
});

describe('the time of a call', () => {
  it('ends a little before the function does, and nobody waits for it afterwards', async () => {
    const clock = createVirtualClock();
    const deadline = createDeadline(60_000, clock);
    await clock.drive(new Promise((end) => deadline.signal.addEventListener('abort', end)));
    expect(deadline.leftMs()).toBe(0);
    expect(() => deadline.require(1, 'it')).toThrow(/^TOO_LITTLE_TIME: it takes 0 s/);

    const closed = createDeadline(60_000, clock);
    closed.close();
    await clock.drive(clock.sleep(120_000));
    expect(closed.signal.aborted).toBe(true);
  });
});

describe('the policy of a rotation function', () => {
  const secret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:xks-AbCdEf';
  const actionsOf = (policy: ReturnType<typeof makeRotationPolicy>) => policy.Statement.flatMap(({ Action }) => Action);

  it('allows its secrets what the steps call, and no outage', () => {
    const policy = makeRotationPolicy({ secrets: [secret], account: '111122223333', region: 'us-east-1' });
    expect(policy.Statement.at(-1)).toEqual({
      Sid: 'RotateSecrets',
      Effect: 'Allow',
      Action: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      Resource: [secret],
    });
    expect(actionsOf(policy)).toContain('kms:UpdateCustomKeyStore');
    expect(actionsOf(policy).filter((action) => /Connect|Disconnect|cloudhsm|\*/.test(action))).toEqual([]);
  });

  it('allows an outage, and keys of secrets, where these are named', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd';
    const policy = makeRotationPolicy({ secrets: [secret], mayGoOffline: true, secretKeys: [key] });
    expect(actionsOf(policy)).toEqual(
      expect.arrayContaining(['kms:ConnectCustomKeyStore', 'kms:DisconnectCustomKeyStore', 'kms:GenerateDataKey']),
    );
    expect(policy.Statement.at(-1)?.Resource).toEqual([key]);
  });

  it('allows the lock table that the function is given', () => {
    const lockTable = 'arn:aws:dynamodb:us-east-1:111122223333:table/cks-locks';
    const { Statement } = makeRotationPolicy({ secrets: [secret], lockTable });
    expect(Statement.find(({ Sid }) => Sid === 'LockTable')?.Resource).toBe(lockTable);
  });
});
