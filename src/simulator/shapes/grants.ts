/** Inputs and outputs of CreateGrant and ListGrants, with the service principals that KMS takes since 2026. */
import { enums } from './enums.ts';
import { limit, marker } from './key-stores.ts';
import { arn, keyId } from './keys.ts';
import type { StructureShape } from './shape.ts';

const principal = { type: 'string', min: 1, max: 256, pattern: '^[\\w+=,.@:/-]+$' } as const;
const grantId = { type: 'string', min: 1, max: 128 } as const;
const grantName = { type: 'string', min: 1, max: 256, pattern: '^[a-zA-Z0-9:/_-]+$' } as const;
const grantToken = { type: 'string', min: 1, max: 8192 } as const;
const context = { type: 'map', value: { type: 'string' } } as const;
const operations = { type: 'list', member: { type: 'string', enum: enums.GrantOperation } } as const;

const constraints = {
  type: 'structure',
  required: [],
  members: { EncryptionContextSubset: context, EncryptionContextEquals: context, SourceArn: arn },
} as const;

const principals = {
  GranteePrincipal: principal,
  RetiringPrincipal: principal,
  GranteeServicePrincipal: principal,
  RetiringServicePrincipal: principal,
} as const;

export const grantInputs = {
  CreateGrant: {
    type: 'structure',
    required: ['KeyId', 'Operations'],
    members: {
      KeyId: keyId,
      ...principals,
      Operations: operations,
      Constraints: constraints,
      GrantTokens: { type: 'list', member: grantToken, min: 0, max: 10 },
      Name: grantName,
      DryRun: { type: 'boolean' },
    },
  },
  ListGrants: {
    type: 'structure',
    required: ['KeyId'],
    members: {
      Limit: limit,
      Marker: marker,
      KeyId: keyId,
      GrantId: grantId,
      GranteePrincipal: principal,
      GranteeServicePrincipal: principal,
    },
  },
} as const satisfies Record<string, StructureShape>;

const grant = {
  type: 'structure',
  required: [],
  members: {
    KeyId: keyId,
    GrantId: grantId,
    Name: { type: 'string', min: 0, max: 256 },
    CreationDate: { type: 'timestamp' },
    ...principals,
    IssuingAccount: principal,
    Operations: operations,
    Constraints: constraints,
  },
} as const;

export const grantOutputs = {
  CreateGrant: { type: 'structure', required: [], members: { GrantToken: grantToken, GrantId: grantId } },
  ListGrants: {
    type: 'structure',
    required: [],
    members: { Grants: { type: 'list', member: grant }, NextMarker: marker, Truncated: { type: 'boolean' } },
  },
} as const satisfies Record<keyof typeof grantInputs, StructureShape>;
