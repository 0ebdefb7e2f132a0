/** Before a new run begins on a terminal: an unfinished one on the same store is offered first. */
import { findUnfinishedRun } from '../library/runs.ts';
import type { Io } from './io.ts';
import { createQuestions } from './questions.ts';

/** The run to go on with instead, if that is what the operator wants. */
export async function offerUnfinished(
  io: Io,
  store: string,
  where: { readonly stateDirectory?: string; readonly endpoint?: string },
): Promise<string | undefined> {
  const left = await findUnfinishedRun(store, where);
  if (left === undefined) return undefined;
  const { runId, customKeyStoreId, storeName, lastState } = left;
  const name = storeName === null ? customKeyStoreId : `"${storeName}" (${customKeyStoreId})`;
  const explanation = `Run ${runId} on ${name} is unfinished; it last saw the store ${lastState}.`;
  const { confirm } = createQuestions(io, new AbortController().signal);
  return (await confirm('Go on with it instead?', explanation)) ? runId : undefined;
}
