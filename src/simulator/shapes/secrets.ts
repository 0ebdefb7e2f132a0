/** Input and output of Secrets Manager 2017-10-17, of the operations that secrets are read and rotated with. */
import { type StructureShape, structure } from './shape.ts';

const secretId = { type: 'string', min: 1, max: 2048 } as const;
const arn = { type: 'string', min: 20, max: 2048 } as const;
const name = { type: 'string', min: 1, max: 256 } as const;
const versionId = { type: 'string', min: 32, max: 64 } as const;
const versionStage = { type: 'string', min: 1, max: 256 } as const;
const versionStages = { type: 'list', min: 1, max: 20, member: versionStage } as const;
const secretBinary = { type: 'blob', min: 1, max: 65536, sensitive: true } as const;
const secretString = { type: 'string', min: 1, max: 65536, sensitive: true } as const;
const keyId = { type: 'string', min: 0, max: 2048 } as const;
const timestamp = { type: 'timestamp' } as const;
const region = { type: 'string', min: 1, max: 128, pattern: '^([a-z]+-)+\\d+$' } as const;

const rotationRules = structure({
  AutomaticallyAfterDays: { type: 'integer', min: 1, max: 1000 },
  Duration: { type: 'string', min: 2, max: 3, pattern: '[0-9]+h' },
  ScheduleExpression: { type: 'string', min: 1, max: 256, pattern: '[0-9A-Za-z\\(\\)#\\?\\*\\-\\/, ]+' },
});

export const secretInputs = {
  RotateSecret: structure(
    {
      SecretId: secretId,
      ClientRequestToken: versionId,
      RotationLambdaARN: { type: 'string', min: 0, max: 2048 },
      RotationRules: rotationRules,
      RotateImmediately: { type: 'boolean' },
    },
    'SecretId',
  ),
  GetSecretValue: structure({ SecretId: secretId, VersionId: versionId, VersionStage: versionStage }, 'SecretId'),
  DescribeSecret: structure({ SecretId: secretId }, 'SecretId'),
  PutSecretValue: structure(
    {
      SecretId: secretId,
      ClientRequestToken: versionId,
      SecretBinary: secretBinary,
      SecretString: secretString,
      VersionStages: versionStages,
      RotationToken: { type: 'string', min: 36, max: 256, pattern: '^[a-zA-Z0-9\\-]+$', sensitive: true },
    },
    'SecretId',
  ),
  UpdateSecretVersionStage: structure(
    {
      SecretId: secretId,
      VersionStage: versionStage,
      RemoveFromVersionId: versionId,
      MoveToVersionId: versionId,
    },
    'SecretId',
    'VersionStage',
  ),
} as const satisfies Record<string, StructureShape>;

export const secretOutputs = {
  RotateSecret: structure({ ARN: arn, Name: name, VersionId: versionId }),
  GetSecretValue: structure({
    ARN: arn,
    Name: name,
    VersionId: versionId,
    SecretBinary: secretBinary,
    SecretString: secretString,
    VersionStages: versionStages,
    CreatedDate: timestamp,
  }),
  DescribeSecret: structure({
    ARN: arn,
    Name: name,
    Type: { type: 'string', min: 0, max: 256 },
    Description: { type: 'string', max: 2048 },
    KmsKeyId: keyId,
    RotationEnabled: { type: 'boolean' },
    RotationLambdaARN: { type: 'string', min: 0, max: 2048 },
    RotationRules: rotationRules,
    ExternalSecretRotationMetadata: {
      type: 'list',
      member: structure({ Key: { type: 'string', min: 1, max: 256 }, Value: { type: 'string', min: 1, max: 2048 } }),
    },
    ExternalSecretRotationRoleArn: arn,
    LastRotatedDate: timestamp,
    LastChangedDate: timestamp,
    LastAccessedDate: timestamp,
    DeletedDate: timestamp,
    NextRotationDate: timestamp,
    Tags: {
      type: 'list',
      member: structure({ Key: { type: 'string', min: 1, max: 128 }, Value: { type: 'string', min: 0, max: 256 } }),
    },
    VersionIdsToStages: { type: 'map', value: versionStages },
    OwningService: { type: 'string', min: 1, max: 128 },
    CreatedDate: timestamp,
    PrimaryRegion: region,
    ReplicationStatus: {
      type: 'list',
      member: structure({
        Region: region,
        KmsKeyId: keyId,
        Status: { type: 'string', enum: ['InSync', 'Failed', 'InProgress'] },
        StatusMessage: { type: 'string', min: 1, max: 4096 },
        LastAccessedDate: timestamp,
      }),
    },
  }),
  PutSecretValue: structure({ ARN: arn, Name: name, VersionId: versionId, VersionStages: versionStages }),
  UpdateSecretVersionStage: structure({ ARN: arn, Name: name }),
} as const satisfies Record<keyof typeof secretInputs, StructureShape>;
