/** Hands an invocation to the SDK of durable functions, with what the execution has kept so far. */
import {
  DurableExecutionApiClient,
  type DurableExecutionClient,
  type DurableExecutionInvocationInput,
  type DurableLambdaHandler,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js';
import { carryExecution, type Surroundings } from './execution.ts';
import { openSurroundings } from './open.ts';
import { listOperations } from './operations.ts';
import type { SafeUpdateHandler, SafeUpdateHandlerOptions } from './options.ts';

export function openHandler(options: SafeUpdateHandlerOptions): SafeUpdateHandler {
  return createHandler(openSurroundings(options)) as SafeUpdateHandler;
}

/** `client`: the way to the service. */
export function createHandler(
  surroundings: Surroundings,
  client: DurableExecutionClient = new DurableExecutionApiClient(),
): DurableLambdaHandler {
  return async (event, context) => {
    const operations = await listOperations(event, () => findClient(event) ?? client);
    const carry = withDurableExecution((input, durable) => carryExecution(input, durable, operations, surroundings), {
      durableExecutionClient: client,
    });
    try {
      return await carry(event, context);
    } finally {
      await surroundings.flush();
    }
  };
}

/** A test runner hands its own way to the service with the invocation. */
function findClient(event: DurableExecutionInvocationInput): DurableExecutionClient | undefined {
  return (event as { readonly durableExecutionClient?: DurableExecutionClient }).durableExecutionClient;
}
