/** Ends a run that was cut off in its rehearsal, where it cannot be replayed: takes the throw-away store away. */
import type { Context } from '../../machines/safe-update/index.ts';
import type { RunResult } from '../domain/outcome.ts';
import { explainReason } from '../domain/reasons.ts';
import { UnfinishedRunError } from './errors.ts';
import { refuse } from './report.ts';
import { createRun, type Ports } from './run.ts';
import { takeAway } from './take-away.ts';
import { openThrowAway } from './throw-away.ts';

/** `context`: as far as its log tells. @throws {UnfinishedRunError} where the store cannot be taken away now. */
export async function abandonRehearsal(ports: Ports, context: Context): Promise<RunResult> {
  const run = createRun(ports, context);
  const throwAway = openThrowAway(run, null);
  const left = await takeAway(run, throwAway, throwAway.name);
  if (left !== null) throw new UnfinishedRunError(context, new Error(`"${throwAway.name}" is left: ${left}`), true);
  const about = context.seen ? { store: context.seen.store } : {};
  const reason = explainReason('REHEARSAL_CUT_OFF', about);
  return refuse({ ...context, calls: throwAway.calls, findings: [] }, reason);
}
