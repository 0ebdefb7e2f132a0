/** The operations by name, each behind its validation. A new operation is one row here and one in `shapes.ts`. */
import { type Input, inputShapes, type OperationName } from '../shapes.ts';
import { validateInput } from '../validation.ts';
import type { World } from '../world.ts';
import { connectStore, deleteStore, disconnectStore } from './connection.ts';
import { createStore } from './create.ts';
import { describeStores } from './describe.ts';
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from './keys/change-keys.ts';
import { createKey } from './keys/create-key.ts';
import { describeKey, listKeys } from './keys/read-keys.ts';
import { readServiceName } from './service-name.ts';
import { updateStore } from './update.ts';

type Operation<O extends OperationName> = (world: World, input: Input<O>, nowMs: number) => object;

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
};

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(inputShapes, name);
}

/** Validates the input, then carries the operation out. @throws SimulatorFault */
export function perform<O extends OperationName>(
  world: World,
  operation: O,
  input: unknown,
  nowMs: number,
  lenientPatterns: boolean,
): object {
  const { read, mayBeEmpty } =
    operation === 'UpdateCustomKeyStore'
      ? readServiceName(input, world.readings.emptyServiceName)
      : { read: input, mayBeEmpty: [] };
  return operations[operation](world, validateInput(operation, read, { lenientPatterns, mayBeEmpty }), nowMs);
}
