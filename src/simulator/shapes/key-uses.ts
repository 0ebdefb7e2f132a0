/** Inputs and outputs of what keys do, of their aliases and of the record of their last use. */
import { enums } from './enums.ts';
import { limit, marker, storeId } from './key-stores.ts';
import { arn, keyId } from './keys.ts';
import { type StructureShape, structure } from './shape.ts';

const plaintext = { type: 'blob', min: 1, max: 4096, sensitive: true } as const;
const ciphertext = { type: 'blob', min: 1, max: 6144 } as const;
const context = { type: 'map', value: { type: 'string' } } as const;
const grantTokens = { type: 'list', member: { type: 'string', min: 1, max: 8192 }, min: 0, max: 10 } as const;
const algorithm = { type: 'string', enum: enums.EncryptionAlgorithmSpec } as const;
const numberOfBytes = { type: 'integer', min: 1, max: 1024 } as const;
const flag = { type: 'boolean' } as const;
const keyMaterialId = { type: 'string', min: 64, max: 64, pattern: '^[a-f0-9]+$' } as const;
const aliasName = { type: 'string', min: 1, max: 256, pattern: '^[a-zA-Z0-9:/_-]+$' } as const;
const timestamp = { type: 'timestamp' } as const;

const dryRunModifiers = { type: 'list', member: { type: 'string', enum: enums.DryRunModifierType } } as const;

const recipient = structure({
  KeyEncryptionAlgorithm: { type: 'string', enum: enums.KeyEncryptionMechanism },
  AttestationDocument: { type: 'blob', min: 1, max: 262144 },
});

const dataKeyMembers = {
  KeyId: keyId,
  EncryptionContext: context,
  NumberOfBytes: numberOfBytes,
  KeySpec: { type: 'string', enum: enums.DataKeySpec },
  GrantTokens: grantTokens,
  DryRun: flag,
} as const;

export const keyUseInputs = {
  Encrypt: structure(
    {
      KeyId: keyId,
      Plaintext: plaintext,
      EncryptionContext: context,
      GrantTokens: grantTokens,
      EncryptionAlgorithm: algorithm,
      DryRun: flag,
    },
    'KeyId',
    'Plaintext',
  ),
  Decrypt: structure({
    CiphertextBlob: ciphertext,
    EncryptionContext: context,
    GrantTokens: grantTokens,
    KeyId: keyId,
    EncryptionAlgorithm: algorithm,
    Recipient: recipient,
    DryRun: flag,
    DryRunModifiers: dryRunModifiers,
  }),
  ReEncrypt: structure(
    {
      CiphertextBlob: ciphertext,
      SourceEncryptionContext: context,
      SourceKeyId: keyId,
      DestinationKeyId: keyId,
      DestinationEncryptionContext: context,
      SourceEncryptionAlgorithm: algorithm,
      DestinationEncryptionAlgorithm: algorithm,
      GrantTokens: grantTokens,
      DryRun: flag,
      DryRunModifiers: dryRunModifiers,
    },
    'DestinationKeyId',
  ),
  GenerateDataKey: structure({ ...dataKeyMembers, Recipient: recipient }, 'KeyId'),
  GenerateDataKeyWithoutPlaintext: structure(dataKeyMembers, 'KeyId'),
  GenerateRandom: structure({ NumberOfBytes: numberOfBytes, CustomKeyStoreId: storeId, Recipient: recipient }),
  GetKeyLastUsage: structure({ KeyId: keyId }, 'KeyId'),
  CreateAlias: structure({ AliasName: aliasName, TargetKeyId: keyId }, 'AliasName', 'TargetKeyId'),
  UpdateAlias: structure({ AliasName: aliasName, TargetKeyId: keyId }, 'AliasName', 'TargetKeyId'),
  DeleteAlias: structure({ AliasName: aliasName }, 'AliasName'),
  ListAliases: structure({ KeyId: keyId, Limit: limit, Marker: marker }),
} as const satisfies Record<string, StructureShape>;

export const keyUseOutputs = {
  Encrypt: structure({ CiphertextBlob: ciphertext, KeyId: keyId, EncryptionAlgorithm: algorithm }),
  Decrypt: structure({
    KeyId: keyId,
    Plaintext: plaintext,
    EncryptionAlgorithm: algorithm,
    CiphertextForRecipient: ciphertext,
    KeyMaterialId: keyMaterialId,
  }),
  ReEncrypt: structure({
    CiphertextBlob: ciphertext,
    SourceKeyId: keyId,
    KeyId: keyId,
    SourceEncryptionAlgorithm: algorithm,
    DestinationEncryptionAlgorithm: algorithm,
    SourceKeyMaterialId: keyMaterialId,
    DestinationKeyMaterialId: keyMaterialId,
  }),
  GenerateDataKey: structure({
    CiphertextBlob: ciphertext,
    Plaintext: plaintext,
    KeyId: keyId,
    CiphertextForRecipient: ciphertext,
    KeyMaterialId: keyMaterialId,
  }),
  GenerateDataKeyWithoutPlaintext: structure({
    CiphertextBlob: ciphertext,
    KeyId: keyId,
    KeyMaterialId: keyMaterialId,
  }),
  GenerateRandom: structure({ Plaintext: plaintext, CiphertextForRecipient: ciphertext }),
  GetKeyLastUsage: structure({
    KeyId: keyId,
    KeyLastUsage: structure({
      Operation: { type: 'string', enum: enums.KeyLastUsageTrackingOperation },
      Timestamp: timestamp,
      CloudTrailEventId: { type: 'string' },
      KmsRequestId: { type: 'string' },
    }),
    TrackingStartDate: timestamp,
    KeyCreationDate: timestamp,
  }),
  CreateAlias: structure({}),
  UpdateAlias: structure({}),
  DeleteAlias: structure({}),
  ListAliases: structure({
    Aliases: {
      type: 'list',
      member: structure({
        AliasName: aliasName,
        AliasArn: arn,
        TargetKeyId: keyId,
        CreationDate: timestamp,
        LastUpdatedDate: timestamp,
      }),
    },
    NextMarker: marker,
    Truncated: flag,
  }),
} as const satisfies Record<keyof typeof keyUseInputs, StructureShape>;
