/** Inputs and outputs of CreateGrant and ListGrants, with the service principals that KMS takes since 2026. */
import { enums } from './enums.ts';
import { limit, marker } from './key-stores.ts';
import { arn, keyId } from './keys.ts';
import { type StructureShape, structure } from './shape.ts';

const principal = { type: 'string', min: 1, max: 256, pattern: '^[\\w+=,.@:/-]+$' } as const;
const grantId = { type: 'string', min: 1, max: 128 } as const;
const grantName = { type: 'string', min: 1, max: 256, pattern: '^[a-zA-Z0-9:/_-]+$' } as const;
const grantToken = { type: 'string', min: 1, max: 8192 } as const;
const context = { type: 'map', value: { type: 'string' } } as const;
const operations = { type: 'list', member: { type: 'string', enum: enums.GrantOperation } } as const;

const constraints = structure({ EncryptionContextSubset: context, EncryptionContextEquals: context, SourceArn: arn });

const principals = {
  GranteePrincipal: principal,
  RetiringPrincipal: principal,
  GranteeServicePrincipal: principal,
  RetiringServicePrincipal: principal,
} as const;

export const grantInputs = {
  CreateGrant: structure(
    {
      KeyId: keyId,
      ...principals,
      Operations: operations,
      Constraints: constraints,
      GrantTokens: { type: 'list', member: grantToken, min: 0, max: 10 },
      Name: grantName,
      DryRun: { type: 'boolean' },
    },
    'KeyId',
    'Operations',
  ),
  ListGrants: structure(
    {
      Limit: limit,
      Marker: marker,
      KeyId: keyId,
      GrantId: grantId,
      GranteePrincipal: principal,
      GranteeServicePrincipal: principal,
    },
    'KeyId',
  ),
} as const satisfies Record<string, StructureShape>;

const grant = structure({
  KeyId: keyId,
  GrantId: grantId,
  Name: { type: 'string', min: 0, max: 256 },
  CreationDate: { type: 'timestamp' },
  ...principals,
  IssuingAccount: principal,
  Operations: operations,
  Constraints: constraints,
});

export const grantOutputs = {
  CreateGrant: structure({ GrantToken: grantToken, GrantId: grantId }),
  ListGrants: structure({
    Grants: { type: 'list', member: grant },
    NextMarker: marker,
    Truncated: { type: 'boolean' },
  }),
} as const satisfies Record<keyof typeof grantInputs, StructureShape>;
