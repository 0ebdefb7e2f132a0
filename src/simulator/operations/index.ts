/** The operations by name, each behind its validation. A new operation is one row here and one in `shapes.ts`. */
import { type Input, inputShapes, type OperationName } from '../shapes.ts';
import { validateInput } from '../validation.ts';
import type { World } from '../world.ts';
import { describeBackups, describeClusters } from './cloudhsm/describe.ts';
import { connectStore, deleteStore, disconnectStore } from './connection.ts';
import { createStore } from './create.ts';
import { describeStores } from './describe.ts';
import {
  describeEndpointServiceConfigurations,
  describeEndpointServicePermissions,
  describeEndpointServices,
} from './ec2/describe-endpoint-services.ts';
import { describeSecurityGroups, describeSubnets } from './ec2/describe-network.ts';
import { createAlias, deleteAlias, listAliases, updateAlias } from './keys/aliases.ts';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './keys/change-keys.ts';
import { createKey } from './keys/create-key.ts';
import { generateRandom } from './keys/generate-random.ts';
import { createGrant, listGrants } from './keys/grants.ts';
import { getKeyPolicy, getKeyRotationStatus, listResourceTags } from './keys/key-properties.ts';
import { getKeyLastUsage } from './keys/last-usage.ts';
import { describeKey, listKeys } from './keys/read-keys.ts';
import { decrypt, encrypt, generateDataKey, generateDataKeyWithoutPlaintext, reEncrypt } from './keys/use-keys.ts';
import { lookupEvents } from './lookup-events.ts';
import { getMetricData } from './metric-data.ts';
import { createSchedule, deleteSchedule, getSchedule } from './schedules.ts';
import { describeSecret } from './secrets/describe-secret.ts';
import { getSecretValue } from './secrets/get-secret-value.ts';
import { putSecretValue } from './secrets/put-secret-value.ts';
import { rotateSecret } from './secrets/rotate-secret.ts';
import { updateSecretVersionStage } from './secrets/update-secret-version-stage.ts';
import { readServiceName } from './service-name.ts';
import { updateStore } from './update.ts';

type Operation<O extends OperationName> = (world: World, input: Input<O>, nowMs: number, requestId: string) => object;

const operations: { readonly [O in OperationName]: Operation<O> } = {
  DescribeCustomKeyStores: describeStores,
  CreateCustomKeyStore: createStore,
  UpdateCustomKeyStore: updateStore,
  ConnectCustomKeyStore: connectStore,
  DisconnectCustomKeyStore: disconnectStore,
  DeleteCustomKeyStore: deleteStore,
  CreateKey: createKey,
  DescribeKey: describeKey,
  ListKeys: listKeys,
  EnableKey: enableKey,
  DisableKey: disableKey,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: cancelKeyDeletion,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  ListResourceTags: listResourceTags,
  CreateGrant: createGrant,
  ListGrants: listGrants,
  Encrypt: encrypt,
  Decrypt: decrypt,
  ReEncrypt: reEncrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateRandom: generateRandom,
  GetKeyLastUsage: getKeyLastUsage,
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
  DescribeClusters: describeClusters,
  DescribeBackups: describeBackups,
  DescribeSubnets: describeSubnets,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeVpcEndpointServices: describeEndpointServices,
  DescribeVpcEndpointServicePermissions: describeEndpointServicePermissions,
  DescribeVpcEndpointServiceConfigurations: describeEndpointServiceConfigurations,
  GetSecretValue: getSecretValue,
  DescribeSecret: describeSecret,
  PutSecretValue: putSecretValue,
  UpdateSecretVersionStage: updateSecretVersionStage,
  RotateSecret: rotateSecret,
  CreateSchedule: createSchedule,
  GetSchedule: getSchedule,
  DeleteSchedule: deleteSchedule,
  GetMetricData: getMetricData,
  LookupEvents: lookupEvents,
};

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(inputShapes, name);
}

/** What an operation is given beside its input. */
export interface Circumstances {
  readonly nowMs: number;
  readonly requestId: string;
  readonly lenientPatterns: boolean;
}

/** Validates the input, then carries the operation out. @throws SimulatorFault */
export function perform<O extends OperationName>(
  world: World,
  operation: O,
  input: unknown,
  { nowMs, requestId, lenientPatterns }: Circumstances,
): object {
  const { read, mayBeEmpty } =
    operation === 'UpdateCustomKeyStore'
      ? readServiceName(input, world.interpretations.emptyServiceName)
      : { read: input, mayBeEmpty: [] };
  const valid = validateInput(operation, read, { lenientPatterns, mayBeEmpty });
  return operations[operation](world, valid, nowMs, requestId);
}
