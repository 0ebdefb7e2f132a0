/** Inputs and outputs of the operations on KMS keys that say something about a custom key store. */
import { enums } from './enums.ts';
import { clusterId, limit, marker, storeId } from './key-stores.ts';
import type { StructureShape } from './shape.ts';

export const keyId = { type: 'string', min: 1, max: 2048 } as const;
export const arn = { type: 'string', min: 20, max: 2048 } as const;
const xksKeyId = { type: 'string', min: 1, max: 128, pattern: '^[a-zA-Z0-9-_.]+$' } as const;
const description = { type: 'string', min: 0, max: 8192 } as const;
const keyUsage = { type: 'string', enum: enums.KeyUsageType } as const;
const oldKeySpec = { type: 'string', enum: enums.CustomerMasterKeySpec } as const;
const keySpec = { type: 'string', enum: enums.KeySpec } as const;
const origin = { type: 'string', enum: enums.OriginType } as const;
const keyState = { type: 'string', enum: enums.KeyState } as const;
const windowInDays = { type: 'integer', min: 1, max: 365 } as const;

const tag = {
  type: 'structure',
  required: ['TagKey', 'TagValue'],
  members: { TagKey: { type: 'string', min: 1, max: 128 }, TagValue: { type: 'string', min: 0, max: 256 } },
} as const;

const policy = { type: 'string', min: 1, max: 131072, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' } as const;
const policyName = { type: 'string', min: 1, max: 128, pattern: '[\\w]+' } as const;
const tags = { type: 'list', member: tag } as const;

const aKey = { type: 'structure', required: ['KeyId'], members: { KeyId: keyId } } as const;

export const keyInputs = {
  CreateKey: {
    type: 'structure',
    required: [],
    members: {
      Policy: policy,
      Description: description,
      KeyUsage: keyUsage,
      CustomerMasterKeySpec: oldKeySpec,
      KeySpec: keySpec,
      Origin: origin,
      CustomKeyStoreId: storeId,
      BypassPolicyLockoutSafetyCheck: { type: 'boolean' },
      Tags: tags,
      MultiRegion: { type: 'boolean' },
      XksKeyId: xksKeyId,
    },
  },
  DescribeKey: {
    type: 'structure',
    required: ['KeyId'],
    members: {
      KeyId: keyId,
      GrantTokens: { type: 'list', member: { type: 'string', min: 1, max: 8192 }, min: 0, max: 10 },
    },
  },
  ListKeys: { type: 'structure', required: [], members: { Limit: limit, Marker: marker } },
  EnableKey: aKey,
  DisableKey: aKey,
  ScheduleKeyDeletion: {
    type: 'structure',
    required: ['KeyId'],
    members: { KeyId: keyId, PendingWindowInDays: windowInDays },
  },
  CancelKeyDeletion: aKey,
  GetKeyPolicy: { type: 'structure', required: ['KeyId'], members: { KeyId: keyId, PolicyName: policyName } },
  GetKeyRotationStatus: aKey,
  ListResourceTags: { type: 'structure', required: ['KeyId'], members: { KeyId: keyId, Limit: limit, Marker: marker } },
} as const satisfies Record<string, StructureShape>;

const nothing = { type: 'structure', required: [], members: {} } as const;

/** Without the members that only asymmetric, HMAC, multi-Region and imported keys have: no custom key store holds such a key. */
const keyMetadata = {
  type: 'structure',
  required: ['KeyId'],
  members: {
    AWSAccountId: { type: 'string' },
    KeyId: keyId,
    Arn: arn,
    CreationDate: { type: 'timestamp' },
    Enabled: { type: 'boolean' },
    Description: description,
    KeyUsage: keyUsage,
    KeyState: keyState,
    DeletionDate: { type: 'timestamp' },
    Origin: origin,
    CustomKeyStoreId: storeId,
    CloudHsmClusterId: clusterId,
    KeyManager: { type: 'string', enum: enums.KeyManagerType },
    CustomerMasterKeySpec: oldKeySpec,
    KeySpec: keySpec,
    EncryptionAlgorithms: { type: 'list', member: { type: 'string', enum: enums.EncryptionAlgorithmSpec } },
    MultiRegion: { type: 'boolean' },
    XksKeyConfiguration: { type: 'structure', required: [], members: { Id: xksKeyId } },
  },
} as const;

export const keyOutputs = {
  CreateKey: { type: 'structure', required: [], members: { KeyMetadata: keyMetadata } },
  DescribeKey: { type: 'structure', required: [], members: { KeyMetadata: keyMetadata } },
  ListKeys: {
    type: 'structure',
    required: [],
    members: {
      Keys: {
        type: 'list',
        member: { type: 'structure', required: [], members: { KeyId: keyId, KeyArn: arn } },
      },
      NextMarker: marker,
      Truncated: { type: 'boolean' },
    },
  },
  EnableKey: nothing,
  DisableKey: nothing,
  ScheduleKeyDeletion: {
    type: 'structure',
    required: [],
    members: {
      KeyId: keyId,
      DeletionDate: { type: 'timestamp' },
      KeyState: keyState,
      PendingWindowInDays: windowInDays,
    },
  },
  CancelKeyDeletion: { type: 'structure', required: [], members: { KeyId: keyId } },
  GetKeyPolicy: { type: 'structure', required: [], members: { Policy: policy, PolicyName: policyName } },
  GetKeyRotationStatus: {
    type: 'structure',
    required: [],
    members: {
      KeyRotationEnabled: { type: 'boolean' },
      KeyId: keyId,
      RotationPeriodInDays: { type: 'integer', min: 90, max: 2560 },
      NextRotationDate: { type: 'timestamp' },
      OnDemandRotationStartDate: { type: 'timestamp' },
    },
  },
  ListResourceTags: {
    type: 'structure',
    required: [],
    members: { Tags: tags, NextMarker: marker, Truncated: { type: 'boolean' } },
  },
} as const satisfies Record<keyof typeof keyInputs, StructureShape>;
