import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainGuesses, type IamPolicy, makeIamPolicy } from '../../src/checks/iam-policy.ts';
import { checkNames } from '../../src/checks/rights.ts';

const folder = resolve(import.meta.dirname, '../../src/checks');

/** The names in the sources of the checks. */
function findNames(): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return [...source.matchAll(/^ {4}name: '([a-z-]+)',$/gm)].map(([, name = '']) => name);
  });
}

const actionsOf = ({ Statement }: IamPolicy) => Statement.flatMap(({ Action }) => Action);

const store = ['Describe', 'Update', 'Connect', 'Disconnect'].map(
  (verb) => `kms:${verb}CustomKeyStore${verb === 'Describe' ? 's' : ''}`,
);

describe('the rights of the checks', () => {
  it('have a row for each check that there is', () => {
    expect([...checkNames].sort()).toEqual(findNames().sort());
  });
});

describe('the policy', () => {
  it.each([
    ['cks-locks', 'arn:aws:dynamodb:eu-central-1:111122223333:table/cks-locks'],
    ['arn:aws:dynamodb:us-east-1:444455556666:table/theirs', 'arn:aws:dynamodb:us-east-1:444455556666:table/theirs'],
  ])('allows the lock table %s what is done with it', (lockTable, arn) => {
    const { Statement } = makeIamPolicy({ lockTable, account: '111122223333', region: 'eu-central-1' });
    expect(Statement.at(-1)).toEqual({
      Sid: 'LockTable',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:DescribeTable'],
      Resource: arn,
    });
  });

  it('allows an external store what its checks and its proof call, and no more', () => {
    expect(makeIamPolicy({ type: 'EXTERNAL_KEY_STORE', account: '111122223333', region: 'eu-central-1' })).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Stores', Effect: 'Allow', Action: store, Resource: '*' },
        {
          Sid: 'Look',
          Effect: 'Allow',
          Action: [
            'ec2:DescribeVpcEndpointServices',
            'kms:ListKeys',
            'kms:ListAliases',
            'cloudwatch:GetMetricData',
            'ec2:DescribeVpcEndpointServicePermissions',
          ],
          Resource: '*',
        },
        {
          Sid: 'DescribeKeys',
          Effect: 'Allow',
          Action: ['kms:DescribeKey'],
          Resource: 'arn:aws:kms:eu-central-1:111122223333:key/*',
        },
        {
          Sid: 'UseKeysOfStores',
          Effect: 'Allow',
          Action: ['kms:GetKeyLastUsage', 'kms:Encrypt', 'kms:Decrypt'],
          Resource: 'arn:aws:kms:eu-central-1:111122223333:key/*',
          Condition: { StringEquals: { 'kms:KeyOrigin': ['EXTERNAL_KEY_STORE'] } },
        },
      ],
    });
  });

  it('allows to create a canary key, whose CreateKey has no resource yet, and nothing of it to those who only read', () => {
    const options = {
      type: 'EXTERNAL_KEY_STORE',
      account: '111122223333',
      region: 'eu-central-1',
      canaryKey: true,
    } as const;
    const statements = makeIamPolicy(options).Statement.filter(({ Sid }) => Sid.endsWith('CanaryKey'));
    expect(statements).toEqual([
      {
        Sid: 'CreateCanaryKey',
        Effect: 'Allow',
        Action: ['kms:CreateKey'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:KeyOrigin': ['EXTERNAL_KEY_STORE'] } },
      },
      {
        Sid: 'NameCanaryKey',
        Effect: 'Allow',
        Action: ['kms:CreateAlias'],
        Resource: [
          'arn:aws:kms:eu-central-1:111122223333:key/*',
          'arn:aws:kms:eu-central-1:111122223333:alias/cks-canary-*',
        ],
      },
    ]);
    expect(actionsOf(makeIamPolicy({ ...options, readOnly: true })).join(' ')).not.toContain('kms:Create');
  });

  it('keeps the services of the one type of store from the other', () => {
    const of = (type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE') => actionsOf(makeIamPolicy({ type })).join(' ');

    expect(of('AWS_CLOUDHSM')).not.toMatch(/VpcEndpoint/);
    expect(of('EXTERNAL_KEY_STORE')).not.toMatch(/cloudhsm|Subnets|GenerateRandom/);
  });

  it('shrinks to the store where no check and no proof is wanted', () => {
    const bare = makeIamPolicy({ type: 'AWS_CLOUDHSM', without: [...checkNames, 'key-verification'] });

    expect(actionsOf(bare)).toEqual([...store, 'cloudhsm:DescribeClusters']);
  });

  it('changes nothing and uses no key where it is for looking', () => {
    const actions = actionsOf(makeIamPolicy({ readOnly: true, trialConnect: true }));

    expect(actions.filter((action) => !/:(Describe|List|Get)/.test(action))).toEqual([]);
  });

  it('has the trial store of a trial connect, and the secrets that are named', () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:proxy-AbCdEf';
    const { Statement } = makeIamPolicy({ trialConnect: true, secrets: [secret] });

    expect(Statement[0]?.Action).toEqual([...store, 'kms:CreateCustomKeyStore', 'kms:DeleteCustomKeyStore']);
    expect(Statement.at(-1)).toEqual({
      Sid: 'ReadSecrets',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: [secret],
    });
  });

  it("has the schedule of a dead man's switch, and its role for the scheduler alone", () => {
    const role = 'arn:aws:iam::111122223333:role/connect';
    const options = { deadMansSwitch: role, account: '111122223333', region: 'eu-central-1' };

    expect(makeIamPolicy(options).Statement.slice(-2)).toEqual([
      {
        Sid: 'ArmSwitch',
        Effect: 'Allow',
        Action: ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:DeleteSchedule'],
        Resource: 'arn:aws:scheduler:eu-central-1:111122223333:schedule/default/dead-mans-switch-*',
      },
      {
        Sid: 'HandRoleToScheduler',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: role,
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ]);
    expect(actionsOf(makeIamPolicy({ ...options, readOnly: true })).join(' ')).not.toMatch(/scheduler|iam/);
  });

  it('has what a function and a table are looked at with, unless nobody looks for self-dependency', () => {
    const place = { account: '111122223333', region: 'eu-central-1' };
    const of = (options: Parameters<typeof makeIamPolicy>[0]) =>
      makeIamPolicy({ ...place, lambdaFunction: 'cks', lockTable: 'locks', ...options }).Statement.slice(4);

    expect(of({})).toEqual([
      {
        Sid: 'LockTable',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:DescribeTable'],
        Resource: 'arn:aws:dynamodb:eu-central-1:111122223333:table/locks',
      },
      {
        Sid: 'LookAtFunction',
        Effect: 'Allow',
        Action: ['lambda:GetFunctionConfiguration'],
        Resource: 'arn:aws:lambda:eu-central-1:111122223333:function:cks',
      },
      {
        Sid: 'LookAtExecution',
        Effect: 'Allow',
        Action: ['lambda:GetDurableExecution', 'lambda:GetFunctionConfiguration'],
        Resource: 'arn:aws:lambda:eu-central-1:111122223333:function:cks:*',
      },
      { Sid: 'LookAtLogGroup', Effect: 'Allow', Action: ['logs:DescribeLogGroups'], Resource: '*' },
    ]);
    expect(of({ without: ['self-dependency'] })).toMatchObject([
      { Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'] },
    ]);
  });

  it('has the bus and the topic that notices go to', () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:ops';
    const notify = ['eventbridge:ops', 'https://hooks.example.com', `sns:${topic}`];

    expect(makeIamPolicy({ account: '111122223333', region: 'eu-central-1', notify }).Statement.slice(4)).toEqual([
      {
        Sid: 'PutEvents',
        Effect: 'Allow',
        Action: ['events:PutEvents', 'events:DescribeEventBus'],
        Resource: ['arn:aws:events:eu-central-1:111122223333:event-bus/ops'],
      },
      { Sid: 'Publish', Effect: 'Allow', Action: ['sns:Publish', 'sns:GetTopicAttributes'], Resource: [topic] },
    ]);
  });

  it('names keys in the partition of their Region', () => {
    const arnIn = (region: string) =>
      makeIamPolicy({ region }).Statement.find(({ Sid }) => Sid === 'DescribeKeys')?.Resource;

    expect(arnIn('cn-north-1')).toBe('arn:aws-cn:kms:cn-north-1:*:key/*');
    expect(arnIn('us-gov-west-1')).toBe('arn:aws-us-gov:kms:us-gov-west-1:*:key/*');
    expect(arnIn('eusc-de-east-1')).toBe('arn:aws-eusc:kms:eusc-de-east-1:*:key/*');
    expect(arnIn('us-isof-south-1')).toBe('arn:aws-iso-f:kms:us-isof-south-1:*:key/*');
  });

  it('allows the schedule in the partition of the role, and says where the name of the scheduler is not documented', () => {
    const options = { deadMansSwitch: 'arn:aws-eusc:iam::111122223333:role/connect' };
    const [schedule, role] = makeIamPolicy(options).Statement.slice(-2);

    expect(schedule?.Resource).toBe('arn:aws-eusc:scheduler:*:*:schedule/default/dead-mans-switch-*');
    expect(role?.Condition).toEqual({ StringLike: { 'iam:PassedToService': 'scheduler.*' } });
    expect(explainGuesses(options)).toEqual([
      'The service principal of EventBridge Scheduler in the partition aws-eusc is not documented, so the policy allows iam:PassRole to scheduler.*: narrow it once you know the name.',
    ]);
    expect(explainGuesses({ deadMansSwitch: 'arn:aws:iam::111122223333:role/connect' })).toEqual([]);
  });
});
