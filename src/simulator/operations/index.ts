/** The operations by name, each behind its validation. A new operation is one row here and one in `shapes.ts`. */
import { type Input, inputShapes, type OperationName } from '../shapes.ts';
import { validateInput } from '../validation.ts';
import type { World } from '../world.ts';
import { connectStore, deleteStore, disconnectStore } from './connection.ts';
import { createStore } from './create.ts';
import { describeStores } from './describe.ts';
import { updateStore } from './update.ts';

type Operation<O extends OperationName> = (world: World, input: Input<O>, nowMs: number) => object;

const operations: { readonly [O in OperationName]: Operation<O> } = {
  DescribeCustomKeyStores: describeStores,
  CreateCustomKeyStore: createStore,
  UpdateCustomKeyStore: updateStore,
  ConnectCustomKeyStore: connectStore,
  DisconnectCustomKeyStore: disconnectStore,
  DeleteCustomKeyStore: deleteStore,
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
  const allowsEmptyService = operation === 'UpdateCustomKeyStore' && world.readings.emptyServiceName === 'accepted';
  const mayBeEmpty = allowsEmptyService ? ['xksProxyVpcEndpointServiceName'] : [];
  return operations[operation](world, validateInput(operation, input, { lenientPatterns, mayBeEmpty }), nowMs);
}
