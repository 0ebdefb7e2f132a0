/** Inputs and outputs of the operations on KMS keys that say something about a custom key store. */
import { enums } from './enums.ts';
import { clusterId, limit, marker, storeId } from './key-stores.ts';
import { type StructureShape, structure } from './shape.ts';

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

const tag = structure(
  { TagKey: { type: 'string', min: 1, max: 128 }, TagValue: { type: 'string', min: 0, max: 256 } },
  'TagKey',
  'TagValue',
);

const policy = { type: 'string', min: 1, max: 131072, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' } as const;
const policyName = { type: 'string', min: 1, max: 128, pattern: '[\\w]+' } as const;
const tags = { type: 'list', member: tag } as const;

const aKey = structure({ KeyId: keyId }, 'KeyId');

export const keyInputs = {
  CreateKey: structure({
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
  }),
  DescribeKey: structure(
    {
      KeyId: keyId,
      GrantTokens: { type: 'list', member: { type: 'string', min: 1, max: 8192 }, min: 0, max: 10 },
    },
    'KeyId',
  ),
  ListKeys: structure({ Limit: limit, Marker: marker }),
  EnableKey: aKey,
  DisableKey: aKey,
  ScheduleKeyDeletion: structure({ KeyId: keyId, PendingWindowInDays: windowInDays }, 'KeyId'),
  CancelKeyDeletion: aKey,
  GetKeyPolicy: structure({ KeyId: keyId, PolicyName: policyName }, 'KeyId'),
  GetKeyRotationStatus: aKey,
  ListResourceTags: structure({ KeyId: keyId, Limit: limit, Marker: marker }, 'KeyId'),
} as const satisfies Record<string, StructureShape>;

const nothing = structure({});

/** Without the members that only asymmetric, HMAC, multi-Region and imported keys have: no custom key store holds such a key. */
const keyMetadata = structure(
  {
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
    XksKeyConfiguration: structure({ Id: xksKeyId }),
  },
  'KeyId',
);

export const keyOutputs = {
  CreateKey: structure({ KeyMetadata: keyMetadata }),
  DescribeKey: structure({ KeyMetadata: keyMetadata }),
  ListKeys: structure({
    Keys: {
      type: 'list',
      member: structure({ KeyId: keyId, KeyArn: arn }),
    },
    NextMarker: marker,
    Truncated: { type: 'boolean' },
  }),
  EnableKey: nothing,
  DisableKey: nothing,
  ScheduleKeyDeletion: structure({
    KeyId: keyId,
    DeletionDate: { type: 'timestamp' },
    KeyState: keyState,
    PendingWindowInDays: windowInDays,
  }),
  CancelKeyDeletion: structure({ KeyId: keyId }),
  GetKeyPolicy: structure({ Policy: policy, PolicyName: policyName }),
  GetKeyRotationStatus: structure({
    KeyRotationEnabled: { type: 'boolean' },
    KeyId: keyId,
    RotationPeriodInDays: { type: 'integer', min: 90, max: 2560 },
    NextRotationDate: { type: 'timestamp' },
    OnDemandRotationStartDate: { type: 'timestamp' },
  }),
  ListResourceTags: structure({ Tags: tags, NextMarker: marker, Truncated: { type: 'boolean' } }),
} as const satisfies Record<keyof typeof keyInputs, StructureShape>;
