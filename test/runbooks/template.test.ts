/** examples/aws/template.yaml: what CloudFormation would not say before it is deployed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type IamPolicy, makeIamPolicy } from '../../src/checks/iam-policy.ts';
import { outcomes } from '../../src/domain/outcome.ts';
import { makeRotationPolicy } from '../../src/lambda/rotation/index.ts';
import { account, folder, type Node, readTemplate, region, textsOf } from '../support/runbooks.ts';

const secret = `arn:aws:secretsmanager:${region}:${account}:secret:xks-AbCdEf`;
const lockTable = `arn:aws:dynamodb:${region}:${account}:table/cks-locks`;

const known: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::StackName': 'cks',
  'LockTable.Arn': lockTable,
  ProxyCredentialSecret: secret,
};

const template = readTemplate((name) => known[name] ?? name);
const { Parameters, Resources, Globals, Outputs } = template;

function propertiesOf(name: string): Node {
  return Resources[name]?.Properties ?? {};
}

function statementsOf(name: string): IamPolicy['Statement'] {
  return (propertiesOf(name).Policies as readonly IamPolicy[]).flatMap(({ Statement }) => Statement);
}

const namesOf = (type: string) => Object.keys(Resources).filter((name) => Resources[name]?.Type === type);

describe('the template', () => {
  it('names only what is there', () => {
    const there = [...Object.keys(Parameters), ...Object.keys(Resources)];
    const strangers: string[] = [];
    readTemplate((name) => {
      if (!name.startsWith('AWS::') && !there.includes(name.split('.')[0] ?? '')) strangers.push(name);
      return name;
    });
    expect(strangers).toEqual([]);
  });

  it('uses every parameter', () => {
    const used = new Set<string>();
    readTemplate((name) => {
      used.add(name);
      return name;
    });
    expect(Object.keys(Parameters).filter((name) => !used.has(name))).toEqual([]);
  });

  it('allows each function exactly what the library says that it needs', () => {
    const needed = { account, region, secrets: [secret], lockTable, lambdaFunction: 'cks-*' };
    const resume = {
      Sid: 'ReadOwnHistory',
      Effect: 'Allow',
      Action: ['lambda:GetDurableExecutionHistory'],
      Resource: `arn:aws:lambda:${region}:${account}:function:cks-*`,
    };
    expect(statementsOf('SafeUpdate')).toEqual([...makeIamPolicy(needed).Statement, resume]);
    expect(statementsOf('Rotation')).toEqual(makeRotationPolicy(needed).Statement);
  });

  it('allows the workflow one alias, the executions of its function, and one topic', () => {
    expect(statementsOf('Workflow').map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['lambda:InvokeFunction', 'SafeUpdate.Alias'],
      ['lambda:GetDurableExecution', 'SafeUpdate.Arn:*'],
      ['sns:Publish', 'AlarmTopic'],
    ]);
  });

  it('encrypts nothing with a key that could be in the store', () => {
    expect(JSON.stringify(template)).not.toMatch(/Kms(Key|Master|Data)|SSESpecification/i);
  });

  it('has code for each function, and a definition for the workflow', () => {
    for (const name of namesOf('AWS::Serverless::Function')) {
      const [file] = String(propertiesOf(name).Handler).split('.handler');
      expect(existsSync(join(folder, 'aws', `${file}.mjs`)), name).toBe(true);
    }
    expect(existsSync(join(folder, 'aws', String(propertiesOf('Workflow').DefinitionUri)))).toBe(true);
  });

  it('has the table that the library needs, which nobody deletes by mistake', () => {
    expect(propertiesOf('LockTable')).toEqual({
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  it('gives a durable function an alias, an invocation five minutes or more, and an execution a week and more', () => {
    const { AutoPublishAlias, DurableConfig, Timeout } = propertiesOf('SafeUpdate');
    const { ExecutionTimeout, RetentionPeriodInDays } = DurableConfig as Readonly<Record<string, number>>;
    expect(AutoPublishAlias).toBe('live');
    expect(Timeout).toBeGreaterThanOrEqual(300);
    expect(ExecutionTimeout).toBeGreaterThan(7 * 86_400);
    expect(RetentionPeriodInDays).toBeLessThanOrEqual(90);
    expect(Outputs.SafeUpdateAlias?.Value).toBe('SafeUpdate.Alias');
  });

  it('lets Secrets Manager alone call the rotation, from this account, with the time that its steps take', () => {
    expect(propertiesOf('RotationIsCalled')).toMatchObject({
      FunctionName: 'Rotation',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: account,
    });
    expect(propertiesOf('RotationSchedule')).toMatchObject({ SecretId: secret, RotationLambdaARN: 'Rotation.Arn' });
    expect(propertiesOf('Rotation').Timeout).toBe(900);
  });

  it('keeps what failed, and wakes somebody for each alarm', () => {
    expect(propertiesOf('SafeUpdate').DeadLetterQueue).toMatchObject({ TargetArn: 'DeadLetters.Arn' });
    expect(JSON.stringify(propertiesOf('Rotation').EventInvokeConfig)).toContain('"Destination":"DeadLetters.Arn"');
    const alarms = namesOf('AWS::CloudWatch::Alarm').map(propertiesOf);
    const metricOf = ({ Namespace, MetricName, Metrics = [] }: Node) => {
      const ends = new Set(textsOf(Metrics).filter((text) => Object.hasOwn(outcomes, text)));
      return MetricName ? `${Namespace} ${MetricName}` : [...ends];
    };
    expect(alarms.map(metricOf)).toEqual([
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      'AWS/Lambda Errors',
      ['stranded', 'unsettled'],
      'cks-safe-update OfflineMs',
    ]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual(['AlarmTopic']);
  });

  it('tells the functions what their code looks for', () => {
    const { Variables } = Globals.Function.Environment as { readonly Variables: Node };
    expect(Variables).toEqual({ LOCK_TABLE: 'LockTable', XKS_PROXY_CONNECT_TO: 'ProxyConnectTo' });
    expect(propertiesOf('Rotation').Environment).toEqual({
      Variables: { PROXY_ADMIN_URL: 'ProxyAdminUrl', OTHER_PLACES: 'OtherPlaces' },
    });
  });
});
