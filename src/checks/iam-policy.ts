/** The least that an AWS identity must be allowed, as an IAM policy. */
import { switchPrefix } from '../domain/dead-mans-switch.ts';
import { canaryAlias } from '../domain/fence.ts';
import { findPartition, findPartitionOf, namePrincipal, type Partition } from '../domain/partitions.ts';
import type { CustomKeyStoreType } from '../domain/properties.ts';
import {
  type CheckName,
  canaryKeyRights,
  checkNames,
  checkRights,
  fenceRights,
  impactRights,
  keyVerificationRights,
  type Rights,
  storeRights,
  switchRights,
  trialConnectRights,
} from './rights.ts';

export interface PolicyOptions {
  /**
   * The type of the stores.
   *
   * @default both types
   */
  readonly type?: CustomKeyStoreType;
  /**
   * Checks that are left out, and `key-verification`.
   *
   * @default []
   */
  readonly without?: readonly (CheckName | 'key-verification')[];
  /**
   * Allow a trial connect.
   *
   * @default false
   */
  readonly trialConnect?: boolean;
  /**
   * Allow a fence: EnableKey and DisableKey for the keys of external key stores.
   *
   * @default false
   */
  readonly fence?: boolean;
  /**
   * Allow `createCanaryKey`: CreateKey in a custom key store, and the alias of a canary key.
   *
   * @default false
   */
  readonly canaryKey?: boolean;
  /**
   * Allow what `findImpact` reads.
   *
   * @default false
   */
  readonly impact?: boolean;
  /**
   * Allow nothing that changes a store or uses a key.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * The account of the keys.
   *
   * @default any account
   */
  readonly account?: string;
  /**
   * The Region of the keys.
   *
   * @default any Region
   */
  readonly region?: string;
  /**
   * The ARN of the role by which a dead man's switch connects the store.
   *
   * @default none
   */
  readonly deadMansSwitch?: string;
  /**
   * ARNs of the secrets that `secretsmanager:` references name.
   *
   * @default []
   */
  readonly secrets?: readonly string[];
  /**
   * The DynamoDB table of `lockTable`: its name or ARN.
   *
   * @default none
   */
  readonly lockTable?: string;
  /**
   * The name of the Lambda function that runs updates.
   *
   * @default none
   */
  readonly lambdaFunction?: string;
  /**
   * Where notifications go in AWS: `eventbridge:BUS` or `sns:ARN`.
   *
   * @default []
   */
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

/** Use keys themselves, or read who may. Only those of custom key stores: the origin of a key is a condition that IAM knows. */
const keyUses = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:GetKeyLastUsage',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:ListGrants',
  'kms:GetKeyPolicy',
];

/** Which store a key is in is seen by describing it, so every key may be described: what is hidden might be in the store. */
const keyLooks = ['kms:DescribeKey'];

const creations = ['kms:CreateKey', 'kms:CreateAlias'];

/** Scan is for `cks runs --lock-table` alone. */
const lockTableActions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'];

/** What the check `self-dependency` asks of each thing that the run needs. */
const supportActions = {
  secret: 'secretsmanager:DescribeSecret',
  table: 'dynamodb:DescribeTable',
  lambdaFunction: 'lambda:GetFunctionConfiguration',
  execution: 'lambda:GetDurableExecution',
  logGroup: 'logs:DescribeLogGroups',
  topic: 'sns:GetTopicAttributes',
  bus: 'events:DescribeEventBus',
} as const;

const changes =
  /^kms:(Update|Connect|Disconnect|Create|Delete)CustomKeyStore$|^kms:(Encrypt|Decrypt|GenerateRandom|EnableKey|DisableKey|CreateKey|CreateAlias)$/;

/**
 * Makes the least-privilege IAM policy of an identity that runs cks.
 *
 * @example
 * const policy = makeIamPolicy({ type: 'EXTERNAL_KEY_STORE', region: 'eu-central-1', lockTable: 'cks-locks' });
 */
export function makeIamPolicy(options: PolicyOptions = {}): IamPolicy {
  const { type, readOnly = false, secrets = [], lockTable, lambdaFunction, notify = [], without = [] } = options;
  const readActions = (support: keyof typeof supportActions) =>
    without.includes('self-dependency') ? [] : [supportActions[support]];
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
      of((action) => !action.includes('CustomKeyStore') && !isOfKeys(action) && !creations.includes(action)),
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
    // There is no key yet, so CreateKey takes no resource.
    {
      ...allow(
        'CreateCanaryKey',
        of((action) => action === 'kms:CreateKey'),
        '*',
      ),
      Condition: origins,
    },
    allow(
      'NameCanaryKey',
      of((action) => action === 'kms:CreateAlias'),
      [keys, canaryAliasArn(options)],
    ),
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
    // A durable execution is a resource below a version of its function.
    allow(
      'LookAtExecution',
      inLambda.flatMap(() => [...readActions('execution'), ...readActions('lambdaFunction')]),
      `${functionArn(options)}:*`,
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

function chooseRights(options: PolicyOptions): readonly Rights[] {
  const { without = [], trialConnect = false, fence = false, canaryKey = false, impact = false } = options;
  return [
    ...storeRights,
    ...checkNames.filter((name) => !without.includes(name)).map((name) => checkRights[name]),
    ...(without.includes('key-verification') ? [] : keyVerificationRights),
    ...(trialConnect ? [trialConnectRights] : []),
    ...(fence ? [fenceRights] : []),
    ...(canaryKey ? [canaryKeyRights] : []),
    ...(impact ? [impactRights] : []),
  ];
}

/** Scheduler assumes the role, so the identity that arms a switch needs iam:PassRole. */
function allowSwitch(options: PolicyOptions): readonly Statement[] {
  const { deadMansSwitch: role } = options;
  if (role === undefined) return [];
  const scheduler = namePrincipal('scheduler', partitionOf(options));
  const schedules = `${beginArn('scheduler', options)}:schedule/default/${switchPrefix}*`;
  return [
    allow('ArmSwitch', switchRights, schedules),
    {
      ...allow('HandRoleToScheduler', ['iam:PassRole'], role),
      Condition: scheduler
        ? { StringEquals: { 'iam:PassedToService': scheduler } }
        : { StringLike: { 'iam:PassedToService': 'scheduler.*' } },
    },
  ];
}

function allow(Sid: string, Action: readonly string[], Resource: Statement['Resource']): Statement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function keyArn(options: PolicyOptions): string {
  return `${beginArn('kms', options)}:key/*`;
}

function canaryAliasArn(options: PolicyOptions): string {
  return `${beginArn('kms', options)}:${canaryAlias('*')}`;
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

function beginArn(service: string, options: PolicyOptions): string {
  const { account = '*', region = '*' } = options;
  return `arn:${partitionOf(options).id}:${service}:${region}:${account}`;
}

/** Without a Region, that of the role: nothing in a policy leads to another partition. */
function partitionOf({ region, deadMansSwitch }: PolicyOptions): Partition {
  const ofRole = deadMansSwitch === undefined ? undefined : findPartitionOf(deadMansSwitch);
  return region === undefined && ofRole ? ofRole : findPartition(region ?? '');
}

/** What is not documented of the partition, and how the policy does without it. */
export function explainGuesses(options: PolicyOptions): readonly string[] {
  const partition = partitionOf(options);
  if (options.deadMansSwitch === undefined || options.readOnly || namePrincipal('scheduler', partition)) return [];
  return [
    `The service principal of EventBridge Scheduler in the partition ${partition.id} is not documented, so the policy allows iam:PassRole to scheduler.*: narrow it once you know the name.`,
  ];
}
