/** What the sources say of the keys, put together. */
import { describe, expect, it } from 'vitest';
import { composeImpact, type FoundKey, type KeyCall, nameUser } from '../../../src/domain/impact/impact.ts';

const account = '111122223333';
const nowMs = Date.UTC(2026, 10, 28, 8);

const call = (who: string, context: Readonly<Record<string, string>> = {}, atMs = nowMs): KeyCall => ({
  atMs,
  operation: 'Decrypt',
  identity: { arn: `arn:aws:iam::${account}:${who}`, accountId: account },
  context,
});

const canary = { purpose: 'cks-safe-update canary', runId: 'run-1' };

const found = (keyId: string, members: Partial<FoundKey> = {}): FoundKey => ({
  keyId,
  arn: `arn:aws:kms:us-east-1:${account}:key/${keyId}`,
  keyState: 'Enabled',
  aliases: [],
  ...members,
});

const sampleOf = (...calls: KeyCall[]) => ({ calls, isWhole: true, unreadable: 0 });

describe('the impact of an outage', () => {
  it('counts who was seen as a share of the sample of a key, and leaves the calls of cks out', () => {
    const calls = [call('role/pay'), call('role/pay'), call('role/pay'), call('user/anna'), call('role/cks', canary)];
    const { users, keys } = composeImpact([found('pay', { sample: sampleOf(...calls) })]);

    expect(users).toEqual([
      {
        kind: 'principal',
        name: 'role/pay',
        keys: [{ keyId: 'pay', seen: { calls: 3, share: 0.75 }, grants: 0, isInPolicy: false }],
      },
      {
        kind: 'principal',
        name: 'user/anna',
        keys: [{ keyId: 'pay', seen: { calls: 1, share: 0.25 }, grants: 0, isInPolicy: false }],
      },
    ]);
    expect(keys[0]?.sample).toMatchObject({ calls: 4, ours: 1, isWhole: true });
  });

  it('gathers what is known of a user over all keys and sources, those who were seen first', () => {
    const grant = { granteePrincipal: 'rds.amazonaws.com', context: {} };
    const policy = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'kms:Decrypt' }],
    });
    const { users, consequences } = composeImpact([
      found('orders', { grants: [grant, grant, grant], policy }),
      found('pay', { grants: [grant], sample: sampleOf(call('role/pay')) }),
    ]);

    expect(users.map((user) => [nameUser(user), user.keys])).toEqual([
      ['role/pay', [{ keyId: 'pay', seen: { calls: 1, share: 1 }, grants: 0, isInPolicy: false }]],
      [
        'Amazon RDS',
        [
          { keyId: 'orders', grants: 3, isInPolicy: false },
          { keyId: 'pay', grants: 1, isInPolicy: false },
        ],
      ],
      ['account 444455556666', [{ keyId: 'orders', grants: 0, isInPolicy: true }]],
    ]);
    expect(consequences.map(({ service }) => service)).toEqual(['Amazon RDS']);
  });

  it('takes the account in the ARN of a key for its owner, whatever is known of the caller', () => {
    const foreign = { ...call('role/pay'), identity: { accountId: '444455556666' } };
    const { users } = composeImpact([found('pay', { sample: sampleOf(call('role/pay'), foreign) })]);

    expect(users.map(({ name }) => name)).toEqual(['role/pay', 'account 444455556666']);
  });

  it('puts the most used key first, and adds up the rates that are known', () => {
    const { keys, requestsPerMinute } = composeImpact([
      found('unknown'),
      found('old', { requestsPerMinute: 0, lastUsedAtMs: nowMs - 9_000_000 }),
      found('never', { requestsPerMinute: 0, lastUsedAtMs: null }),
      found('busy', { requestsPerMinute: 1_240.5 }),
    ]);

    expect(keys.map(({ keyId }) => keyId)).toEqual(['busy', 'old', 'never', 'unknown']);
    expect(requestsPerMinute).toBe(1_240.5);
    expect(composeImpact([found('unknown')]).requestsPerMinute).toBeNull();
  });

  it('says where the last use was a call of cks, and shows no use as such', () => {
    const ours = found('ours', { lastUsedAtMs: nowMs + 400, sample: sampleOf(call('role/cks', canary)) });
    const { keys } = composeImpact([ours, found('never', { lastUsedAtMs: null }), found('unknown')]);

    expect(keys).toMatchObject([{ isLastUseOurs: true }, { lastUsedAt: null }, { keyId: 'unknown' }]);
    expect(keys[2]).not.toHaveProperty('lastUsedAt');
  });
});
