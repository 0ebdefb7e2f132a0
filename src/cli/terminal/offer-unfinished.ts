/** Before a new run begins on a terminal: an unfinished one on the same store is offered first. */
import { findUnfinishedRun, type RunSummary } from '../../library/runs.ts';
import { nameRunStore } from '../output/render/runs.ts';
import { LeftError } from './asking/asking.ts';
import type { Io } from './io.ts';
import { createQuestions } from './questions.ts';

/** The run to continue instead, if that is what the operator wants. @throws {LeftError} where the question is left */
export async function offerUnfinished(
  io: Io,
  store: string,
  where: { readonly stateDirectory?: string; readonly endpoint?: string },
): Promise<RunSummary | undefined> {
  const left = await findUnfinishedRun(store, where);
  if (left === undefined) return undefined;
  const explanation = `Run ${left.runId} of ${nameRunStore(left)} is unfinished; store last seen ${left.lastState}.`;
  const { confirm } = createQuestions(io, new AbortController().signal);
  const answer = await confirm('Resume that run instead?', explanation);
  if (answer === undefined) throw new LeftError();
  return answer ? left : undefined;
}
