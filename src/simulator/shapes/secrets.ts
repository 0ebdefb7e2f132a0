/** Input and output of Secrets Manager 2017-10-17, of the operation that secrets are read with. */
import type { StructureShape } from './shape.ts';

const versionId = { type: 'string', min: 32, max: 64 } as const;
const versionStage = { type: 'string', min: 1, max: 256 } as const;

export const secretInputs = {
  GetSecretValue: {
    type: 'structure',
    required: ['SecretId'],
    members: { SecretId: { type: 'string', min: 1, max: 2048 }, VersionId: versionId, VersionStage: versionStage },
  },
} as const satisfies Record<string, StructureShape>;

export const secretOutputs = {
  GetSecretValue: {
    type: 'structure',
    required: [],
    members: {
      ARN: { type: 'string', min: 20, max: 2048 },
      Name: { type: 'string', min: 1, max: 256 },
      VersionId: versionId,
      SecretBinary: { type: 'blob', min: 1, max: 65536, sensitive: true },
      SecretString: { type: 'string', min: 1, max: 65536, sensitive: true },
      VersionStages: { type: 'list', min: 1, max: 20, member: versionStage },
      CreatedDate: { type: 'timestamp' },
    },
  },
} as const satisfies Record<keyof typeof secretInputs, StructureShape>;
