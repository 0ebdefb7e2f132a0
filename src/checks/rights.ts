/** What each check, and the proof, may have to call beyond the store itself: one row each. A trial connect is asked for by name. */
import type { CustomKeyStoreType } from '../domain/properties.ts';
import type { Check } from '../ports/checks.ts';

export interface Rights {
  /** Absent: it looks at stores of both types. */
  readonly type?: CustomKeyStoreType;
  readonly actions: readonly string[];
}

const findKeys = ['kms:ListKeys', 'kms:DescribeKey'];

export const checkRights = {
  account: { actions: [] },
  credentials: { actions: [] },
  'unfinished-runs': { actions: [] },
  permissions: { actions: [] },
  clashes: { actions: [] },
  'self-dependency': { actions: ['kms:DescribeKey'] },
  keys: { actions: [...findKeys, 'kms:GetKeyLastUsage', 'kms:ListAliases', 'cloudwatch:GetMetricData'] },
  'left-cluster': { type: 'AWS_CLOUDHSM', actions: [] },
  fence: { type: 'EXTERNAL_KEY_STORE', actions: [...findKeys, 'kms:ListAliases'] },
  quiet: { actions: [...findKeys, 'kms:GetKeyLastUsage', 'kms:ListAliases', 'cloudwatch:GetMetricData'] },
  'kmsuser-logins': { type: 'AWS_CLOUDHSM', actions: [] },
  'cloudhsm-cluster': { type: 'AWS_CLOUDHSM', actions: ['cloudhsm:DescribeClusters'] },
  'cluster-backup': {
    type: 'AWS_CLOUDHSM',
    actions: ['cloudhsm:DescribeClusters', 'cloudhsm:DescribeBackups', ...findKeys],
  },
  'cluster-network': {
    type: 'AWS_CLOUDHSM',
    actions: ['cloudhsm:DescribeClusters', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'],
  },
  'endpoint-service': {
    type: 'EXTERNAL_KEY_STORE',
    actions: ['ec2:DescribeVpcEndpointServices', 'ec2:DescribeVpcEndpointServicePermissions'],
  },
  'xks-proxy': { type: 'EXTERNAL_KEY_STORE', actions: [] },
  'external-keys': { type: 'EXTERNAL_KEY_STORE', actions: findKeys },
  'same-keys': { type: 'EXTERNAL_KEY_STORE', actions: findKeys },
} as const satisfies Readonly<Record<string, Rights>>;

export type CheckName = keyof typeof checkRights;

/** A check of cks itself, which has its row here. A check of the caller has any other name. */
export interface BuiltInCheck extends Check {
  readonly name: CheckName;
}

export const checkNames = Object.keys(checkRights) as readonly CheckName[];

/** Canaries: made before, decrypted after; and for CloudHSM a probe that takes no key. */
export const keyVerificationRights: readonly Rights[] = [
  { actions: [...findKeys, 'kms:GetKeyLastUsage', 'kms:Encrypt', 'kms:Decrypt'] },
  { type: 'AWS_CLOUDHSM', actions: ['kms:GenerateRandom'] },
];

/** KMS itself asks for these in the name of the identity that connects or updates. Source: KMS developer guide, authorize-key-store. */
export const storeRights: readonly Rights[] = [
  {
    actions: [
      'kms:DescribeCustomKeyStores',
      'kms:UpdateCustomKeyStore',
      'kms:ConnectCustomKeyStore',
      'kms:DisconnectCustomKeyStore',
    ],
  },
  { type: 'AWS_CLOUDHSM', actions: ['cloudhsm:DescribeClusters'] },
  { type: 'EXTERNAL_KEY_STORE', actions: ['ec2:DescribeVpcEndpointServices'] },
];

/** A throw-away external store. */
export const trialConnectRights: Rights = {
  type: 'EXTERNAL_KEY_STORE',
  actions: ['kms:CreateCustomKeyStore', 'kms:DeleteCustomKeyStore'],
};

/** Disables the keys of a store for its outage. */
export const fenceRights: Rights = {
  type: 'EXTERNAL_KEY_STORE',
  actions: ['kms:EnableKey', 'kms:DisableKey'],
};

/** Creates the canary key of a store, and a canary of it. */
export const canaryKeyRights: Rights = {
  actions: [
    'kms:CreateKey',
    'kms:CreateAlias',
    'kms:ListAliases',
    'kms:DescribeKey',
    'kms:DescribeCustomKeyStores',
    'kms:Encrypt',
    'kms:Decrypt',
  ],
};

/** Its schedule; the role that connects is another identity. */
export const switchRights = ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:DeleteSchedule'];

/** Who uses the keys, and who may. */
export const impactRights: Rights = {
  actions: [
    ...findKeys,
    'kms:ListAliases',
    'kms:GetKeyLastUsage',
    'kms:ListGrants',
    'kms:GetKeyPolicy',
    'cloudwatch:GetMetricData',
    'cloudtrail:LookupEvents',
  ],
};
