/** The operations of an execution so far, all pages of them. */
import type { DurableExecutionClient, DurableExecutionInvocationInput } from '@aws/durable-execution-sdk-js';
import type { KeptOperation } from '../../hosts/lambda-log.ts';

/**
 * None where the invocation is not one of an execution: the SDK says so. `open`: the way to the service, where what comes
 * with the invocation is not all.
 */
export async function listOperations(
  { DurableExecutionArn, CheckpointToken, InitialExecutionState: first }: DurableExecutionInvocationInput,
  open: () => Pick<DurableExecutionClient, 'getExecutionState'>,
): Promise<readonly KeptOperation[]> {
  const operations: KeptOperation[] = [...(first?.Operations ?? [])];
  let Marker = first?.NextMarker;
  while (Marker) {
    const page = await open().getExecutionState({ DurableExecutionArn, CheckpointToken, Marker, MaxItems: 1_000 });
    operations.push(...(page.Operations ?? []));
    Marker = page.NextMarker;
  }
  return operations;
}
