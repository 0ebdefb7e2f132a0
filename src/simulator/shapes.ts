/**
 * The simulator's own copy of the API models, KMS and what stands around it: what goes into each operation and what comes out. Types and
 * validation follow from it. It must not be derived from any other table of the project.
 */

import { cloudHsmInputs, cloudHsmOutputs } from './shapes/cloudhsm.ts';
import { cloudTrailInputs, cloudTrailOutputs } from './shapes/cloudtrail.ts';
import { cloudWatchInputs, cloudWatchOutputs } from './shapes/cloudwatch.ts';
import { ec2Inputs, ec2Outputs } from './shapes/ec2.ts';
import { grantInputs, grantOutputs } from './shapes/grants.ts';
import { cloudHsmMembers, externalMembers, keyStoreInputs, keyStoreOutputs } from './shapes/key-stores.ts';
import { keyUseInputs, keyUseOutputs } from './shapes/key-uses.ts';
import { keyInputs, keyOutputs } from './shapes/keys.ts';
import { schedulerInputs, schedulerOutputs } from './shapes/scheduler.ts';
import { secretInputs, secretOutputs } from './shapes/secrets.ts';
import type { StructureShape, ValuesOf } from './shapes/shape.ts';

export { clusterStates } from './shapes/cloudhsm.ts';
export * from './shapes/enums.ts';
export type {
  BlobShape,
  IntegerShape,
  ListShape,
  MapShape,
  Shape,
  StringShape,
  StructureShape,
} from './shapes/shape.ts';

export const inputShapes = {
  ...keyStoreInputs,
  ...keyInputs,
  ...keyUseInputs,
  ...grantInputs,
  ...cloudHsmInputs,
  ...ec2Inputs,
  ...secretInputs,
  ...schedulerInputs,
  ...cloudWatchInputs,
  ...cloudTrailInputs,
} as const satisfies Record<string, StructureShape>;
export const outputShapes = {
  ...keyStoreOutputs,
  ...keyOutputs,
  ...keyUseOutputs,
  ...grantOutputs,
  ...cloudHsmOutputs,
  ...ec2Outputs,
  ...secretOutputs,
  ...schedulerOutputs,
  ...cloudWatchOutputs,
  ...cloudTrailOutputs,
} as const;

export type OperationName = keyof typeof inputShapes;
export type CloudHsmProperty = keyof typeof cloudHsmMembers;
export type ExternalProperty = keyof typeof externalMembers;

export const cloudHsmProperties = Object.keys(cloudHsmMembers) as CloudHsmProperty[];
export const externalProperties = Object.keys(externalMembers) as ExternalProperty[];

/** The input of an operation after validation. */
export type Input<O extends OperationName> = ValuesOf<(typeof inputShapes)[O]>;

/** What an operation answers, as on the wire. */
export type Output<O extends OperationName> = ValuesOf<(typeof outputShapes)[O]>;

/** A cryptographic operation that a key is used for. */
export type KeyUse = 'Encrypt' | 'Decrypt' | 'ReEncrypt' | 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext';

export type Service = 'kms' | 'cloudhsm' | 'ec2' | 'secretsmanager' | 'scheduler' | 'cloudwatch' | 'cloudtrail';

/** The service that an operation belongs to: no two have one of the same name. */
export function serviceOf(operation: OperationName): Service {
  if (Object.hasOwn(cloudHsmInputs, operation)) return 'cloudhsm';
  if (Object.hasOwn(secretInputs, operation)) return 'secretsmanager';
  if (Object.hasOwn(schedulerInputs, operation)) return 'scheduler';
  if (Object.hasOwn(cloudWatchInputs, operation)) return 'cloudwatch';
  if (Object.hasOwn(cloudTrailInputs, operation)) return 'cloudtrail';
  return Object.hasOwn(ec2Inputs, operation) ? 'ec2' : 'kms';
}
