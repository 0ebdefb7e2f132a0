/** Ends a run that was cut off in its trial connect, where it cannot be replayed: takes the trial store away. */
import type { Context } from '../../machines/safe-update/index.ts';
import type { RunResult } from '../domain/outcome.ts';
import { explainReason } from '../domain/reasons.ts';
import { takeAway } from './delete-trial-store.ts';
import { UnfinishedRunError } from './errors.ts';
import { refuse } from './report.ts';
import { createRun, type Ports } from './run.ts';
import { openTrialStore } from './trial-store.ts';

/** `context`: as far as its log tells. @throws {UnfinishedRunError} where the store cannot be taken away now. */
export async function abandonTrialStore(ports: Ports, context: Context): Promise<RunResult> {
  const run = createRun(ports, context);
  const trialStore = openTrialStore(run, null);
  const left = await takeAway(run, trialStore, trialStore.name);
  if (left !== null)
    throw new UnfinishedRunError(context, new Error(`trial store "${trialStore.name}" still exists: ${left}`), true);
  const about = context.lastObserved ? { store: context.lastObserved.store } : {};
  const reason = explainReason('TRIAL_INTERRUPTED', about);
  return refuse({ ...context, calls: trialStore.calls, findings: [] }, reason);
}
