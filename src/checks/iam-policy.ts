/** The least that an AWS identity must be allowed, as an IAM policy. */
import { switchPrefix } from '../domain/dead-mans-switch.ts';
import type { CustomKeyStoreType } from '../domain/properties.ts';
import {
  type CheckName,
  checkNames,
  checkRights,
  keyVerificationRights,
  type Rights,
  storeRights,
  switchRights,
  trialConnectRights,
} from './rights.ts';

export interface PolicyOptions {
  /** Default: stores of both types. */
  readonly type?: CustomKeyStoreType;
  /** Checks that are left out, and `proof`. */
  readonly without?: readonly (CheckName | 'key-verification')[];
  readonly trialConnect?: boolean;
  /** Nothing that changes a store or uses a key. */
  readonly readOnly?: boolean;
  /** Where the keys are; default: any account and Region. */
  readonly account?: string;
  readonly region?: string;
  /** The ARN of the role by which a dead man's switch connects. */
  readonly deadMansSwitch?: string;
  /** ARNs of the secrets that `secretsmanager:` references lead to. */
  readonly secrets?: readonly string[];
  /** The DynamoDB table of `lockTable`: its name or ARN. */
  readonly lockTable?: string;
  /** The name of the Lambda function that runs it. */
  readonly lambdaFunction?: string;
  /** Where notices go in AWS: `eventbridge:BUS` or `sns:ARN`. */
  readonly notify?: readonly string[];
}

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

const types: readonly CustomKeyStoreType[] = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];

/** Use keys themselves. Only those of custom key stores: the origin of a key is a condition that IAM knows. */
const keyUses = ['kms:Encrypt', 'kms:Decrypt', 'kms:GetKeyLastUsage'];

/** Which store a key is in is seen by describing it, so every key may be described: what is hidden might be in the store. */
const keyLooks = ['kms:DescribeKey'];

/** Scan is for `cks runs --lock-table` alone. */
const lockTableActions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'];

/** What the check for self-harm asks of whatever the run stands on. */
const supportActions = {
  secret: 'secretsmanager:DescribeSecret',
  table: 'dynamodb:DescribeTable',
  lambdaFunction: 'lambda:GetFunctionConfiguration',
  logGroup: 'logs:DescribeLogGroups',
  topic: 'sns:GetTopicAttributes',
  bus: 'events:DescribeEventBus',
} as const;

const changes = /^kms:(Update|Connect|Disconnect|Create|Delete)CustomKeyStore$|^kms:(Encrypt|Decrypt|GenerateRandom)$/;

export function makeIamPolicy(options: PolicyOptions = {}): IamPolicy {
  const { type, readOnly = false, secrets = [], lockTable, lambdaFunction, notify = [], without = [] } = options;
  const readActions = (support: keyof typeof supportActions) =>
    without.includes('self-harm') ? [] : [supportActions[support]];
  const inLambda = lambdaFunction === undefined ? [] : [lambdaFunction];
  const chosen = chooseRights(options).filter((row) => type === undefined || (row.type ?? type) === type);
  const actions = [...new Set(chosen.flatMap((row) => row.actions))].filter((name) => !readOnly || !changes.test(name));
  const keys = keyArn(options);
  const origins = { StringEquals: { 'kms:KeyOrigin': type === undefined ? types : [type] } };
  const of = (isMeant: (action: string) => boolean) => actions.filter(isMeant);
  const isOfKeys = (action: string) => [...keyUses, ...keyLooks].includes(action);
  const statements: readonly Statement[] = [
    allow(
      'Stores',
      of((action) => action.endsWith('CustomKeyStore') || action.endsWith('CustomKeyStores')),
      '*',
    ),
    allow(
      'Look',
      of((action) => !action.includes('CustomKeyStore') && !isOfKeys(action)),
      '*',
    ),
    allow(
      'DescribeKeys',
      of((action) => keyLooks.includes(action)),
      keys,
    ),
    {
      ...allow(
        'UseKeysOfStores',
        of((action) => keyUses.includes(action)),
        keys,
      ),
      Condition: origins,
    },
    ...(readOnly ? [] : allowSwitch(options)),
    allow(
      'ReadSecrets',
      secrets.length > 0 ? ['secretsmanager:GetSecretValue', ...readActions('secret')] : [],
      secrets,
    ),
    // Who only looks shares looks too, which is written there.
    allow(
      'LockTable',
      lockTable === undefined ? [] : [...lockTableActions, ...readActions('table')],
      tableArn(options),
    ),
    allow(
      'LookAtFunction',
      inLambda.flatMap(() => readActions('lambdaFunction')),
      functionArn(options),
    ),
    allow(
      'LookAtLogGroup',
      inLambda.flatMap(() => readActions('logGroup')),
      '*',
    ),
    ...allowNotifications(notify, readActions, options),
  ];
  return { Version: '2012-10-17', Statement: statements.filter(({ Action }) => Action.length > 0) };
}

function chooseRights({ without = [], trialConnect = false }: PolicyOptions): readonly Rights[] {
  return [
    ...storeRights,
    ...checkNames.filter((name) => !without.includes(name)).map((name) => checkRights[name]),
    ...(without.includes('key-verification') ? [] : keyVerificationRights),
    ...(trialConnect ? [trialConnectRights] : []),
  ];
}

/** Scheduler takes the role on, so whoever arms a switch must be allowed to hand it over. */
function allowSwitch(options: PolicyOptions): readonly Statement[] {
  const { deadMansSwitch: role, account = '*', region = '*' } = options;
  if (role === undefined) return [];
  const schedules = `arn:${partitionOf(region)}:scheduler:${region}:${account}:schedule/default/${switchPrefix}*`;
  return [
    allow('ArmSwitch', switchRights, schedules),
    {
      ...allow('HandRoleToScheduler', ['iam:PassRole'], role),
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
  ];
}

function allow(Sid: string, Action: readonly string[], Resource: Statement['Resource']): Statement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function keyArn(options: PolicyOptions): string {
  return `${beginArn('kms', options)}:key/*`;
}

function tableArn({ lockTable = '', ...options }: PolicyOptions): string {
  return lockTable.startsWith('arn:') ? lockTable : `${beginArn('dynamodb', options)}:table/${lockTable}`;
}

function functionArn({ lambdaFunction = '', ...options }: PolicyOptions): string {
  return `${beginArn('lambda', options)}:function:${lambdaFunction}`;
}

function allowNotifications(
  notify: readonly string[],
  readActions: (support: keyof typeof supportActions) => readonly string[],
  options: PolicyOptions,
): readonly Statement[] {
  const of = (kind: string) => notify.flatMap((to) => (to.startsWith(`${kind}:`) ? [to.slice(kind.length + 1)] : []));
  const buses = of('eventbridge').map((bus) =>
    bus.startsWith('arn:') ? bus : `${beginArn('events', options)}:event-bus/${bus}`,
  );
  const topics = of('sns');
  return [
    allow('PutEvents', buses.length > 0 ? ['events:PutEvents', ...readActions('bus')] : [], buses),
    allow('Publish', topics.length > 0 ? ['sns:Publish', ...readActions('topic')] : [], topics),
  ];
}

function beginArn(service: string, { account = '*', region = '*' }: PolicyOptions): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}`;
}

function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
