/** The operations of an execution so far, all pages of them. */
import type { DurableExecutionClient, DurableExecutionInvocationInput } from '@aws/durable-execution-sdk-js';
import { turnPages } from '../../domain/pages.ts';
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
  const readPage = async (Marker: string | undefined) => {
    const request = { DurableExecutionArn, CheckpointToken, MaxItems: 1_000, Marker };
    const page = await open().getExecutionState(request);
    operations.push(...(page.Operations ?? []));
    return page.NextMarker || undefined;
  };
  if (first?.NextMarker) await turnPages(readPage, { first: first.NextMarker });
  return operations;
}
