/** Who uses a key, as CloudTrail, grants and policies name them. */
import { describe, expect, it } from 'vitest';
import { findOutsiders } from '../../../src/domain/impact/key-policy.ts';
import { findConsequence, nameServiceIn, nameServiceOf, services } from '../../../src/domain/impact/services.ts';
import { nameCaller, nameGrantee } from '../../../src/domain/impact/users.ts';

const account = '111122223333';
const iam = (resource: string, owner = account) => `arn:aws:iam::${owner}:${resource}`;
const session = 'arn:aws:sts::111122223333:assumed-role/payments-api/i-1';

describe('the service of a principal', () => {
  it.each([
    ['rds.amazonaws.com', 'Amazon RDS'],
    ['rds.eu-central-1.amazonaws.com', 'Amazon RDS'],
    ['ec2.cn-north-1.amazonaws.com.cn', 'Amazon EBS'],
    ['backup.amazonaws.com', 'backup'],
    ['role/rds', undefined],
    ['AWS Internal', undefined],
    ['amazonaws.com', undefined],
  ])('%s is %s', (principal, name) => {
    expect(nameServiceOf(principal)).toBe(name);
  });

  it('is known by the encryption contexts that services document', () => {
    expect(nameServiceIn({ 'aws:ebs:id': 'vol-1' })).toBe('Amazon EBS');
    expect(nameServiceIn({ SecretARN: 'arn', SecretVersionId: 'x' })).toBe('AWS Secrets Manager');
    expect(nameServiceIn({ order: '7' })).toBeUndefined();
  });
});

describe('what AWS documents of a service', () => {
  it('has a page of AWS as its source, and nothing is said of other services', () => {
    for (const { name } of services) {
      expect(findConsequence(name)?.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/[\w/.-]+\.html$/);
    }
    expect(findConsequence('backup')).toBeUndefined();
  });
});

describe('a caller', () => {
  it.each([
    [
      'a role by its name, whatever the session',
      { arn: session, roleArn: iam('role/payments-api') },
      {},
      'role/payments-api',
    ],
    ['a session without its role', { arn: session }, {}, 'role/payments-api'],
    ['a role with a path', { arn: session, roleArn: iam('role/team/pay') }, {}, 'role/team/pay'],
    ['a user', { arn: iam('user/anna'), accountId: account }, {}, 'user/anna'],
    ['the root user', { arn: iam('root') }, {}, 'root'],
    ['a service', { invokedBy: 'rds.amazonaws.com' }, {}, 'Amazon RDS'],
    [
      'a role that is linked to a service',
      { roleArn: iam('role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS') },
      {},
      'Amazon RDS',
    ],
    [
      'the role of EC2 for volumes',
      { arn: 'arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/i-1' },
      { 'aws:ebs:id': 'vol-1' },
      'Amazon EBS',
    ],
    ['another account', { accountId: '444455556666' }, {}, 'account 444455556666'],
    ['nobody that CloudTrail names', {}, {}, 'an unknown principal'],
  ])('is %s', (_what, identity, context, name) => {
    expect(nameCaller(identity, context as Record<string, string>, account).name).toBe(name);
  });

  it('uses a key through the service that the encryption context names', () => {
    const context = { 'aws:s3:arn': 'arn:aws:s3:::bucket' };

    expect(nameCaller({ arn: session }, context, account)).toEqual({
      kind: 'principal',
      name: 'role/payments-api',
      service: 'Amazon S3',
    });
  });
});

describe('a grantee', () => {
  it.each([
    ['a service', { granteePrincipal: 'rds.amazonaws.com' }, {}, 'Amazon RDS'],
    ['the service that the constraint names', { granteePrincipal: session }, { 'aws:ebs:id': 'vol-1' }, 'Amazon EBS'],
    [
      'the service that may retire the grant',
      { granteePrincipal: session, retiringPrincipal: 'redshift.us-east-1.amazonaws.com' },
      {},
      'Amazon Redshift',
    ],
    ['another account', { granteePrincipal: iam('role/reports', '444455556666') }, {}, 'account 444455556666'],
    [
      'another account through a service',
      { granteePrincipal: iam('role/reports', '444455556666') },
      { 'aws:ebs:id': 'vol-1' },
      'account 444455556666',
    ],
    ['a role of this account', { granteePrincipal: iam('role/reports') }, {}, 'role/reports'],
    ['not named', {}, {}, 'an unknown principal'],
  ])('is %s', (_what, grant, context, name) => {
    expect(nameGrantee({ ...grant, context: context as Record<string, string> }, account).name).toBe(name);
  });
});

describe('a key policy', () => {
  const write = (statement: object) =>
    JSON.stringify({ Statement: { Effect: 'Allow', Action: 'kms:*', ...statement } });
  const names = (policy: string) => findOutsiders(policy, account)?.map(({ name }) => name);

  it.each([
    ['its own account', { Principal: { AWS: iam('root') } }, []],
    [
      'a role of another account',
      { Principal: { AWS: iam('role/reports', '444455556666') } },
      ['account 444455556666'],
    ],
    ['accounts by their digits', { Principal: { AWS: ['444455556666', account] } }, ['account 444455556666']],
    [
      'an account twice',
      { Principal: { AWS: ['444455556666', iam('root', '444455556666')] } },
      ['account 444455556666'],
    ],
    ['a service', { Principal: { Service: 'logs.eu-west-1.amazonaws.com' } }, ['logs']],
    ['everybody', { Principal: '*' }, ['anyone']],
    [
      'everybody under conditions',
      { Principal: { AWS: '*' }, Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } },
      ['anyone, under conditions'],
    ],
    [
      'everybody of this account',
      { Principal: { AWS: '*' }, Condition: { StringEquals: { 'kms:CallerAccount': account } } },
      [],
    ],
    [
      'everybody of other accounts',
      { Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalAccount': [account, '444455556666'] } } },
      ['account 444455556666'],
    ],
    ['another account that may only look', { Principal: { AWS: '444455556666' }, Action: 'kms:Describe*' }, []],
    [
      'another account that may decrypt',
      { Principal: { AWS: '444455556666' }, Action: ['kms:De*'] },
      ['account 444455556666'],
    ],
    ['whom it excludes', { NotPrincipal: { AWS: iam('root') } }, ['anyone but those that the policy excludes']],
    [
      'another account, and what it may not do',
      { Principal: { AWS: '444455556666' }, Action: undefined, NotAction: 'kms:ScheduleKeyDeletion' },
      ['account 444455556666'],
    ],
    [
      'another account that may do all but use it',
      {
        Principal: { AWS: '444455556666' },
        Action: undefined,
        NotAction: ['kms:*crypt*', 'kms:Generate*', 'kms:CreateGrant'],
      },
      [],
    ],
    ['another account that is denied', { Principal: { AWS: '444455556666' }, Effect: 'Deny' }, []],
  ])('that names %s', (_what, statement, found) => {
    expect(names(write(statement))).toEqual(found);
  });

  it('that cannot be read says nothing', () => {
    expect([findOutsiders('{', account), findOutsiders('7', account), findOutsiders('null', account)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(findOutsiders('{}', account)).toEqual([]);
  });
});
