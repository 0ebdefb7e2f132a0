/** A run that is on hold and that no process carries: as a program leaves it, which asks nobody. */
import type { SafeUpdateOptions } from '../../src/library/options.ts';
import { updateStore } from '../../src/library/update-store.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { within } from './environments.ts';
import type { Rehearsal } from './rehearsal.ts';

/** The id of the run. `url`: of the simulator. `inTime`: that of the runs before and after it, as ids tell their order. */
export async function leaveHeld(
  { url, environment, inTime = (work) => work() }: Pick<Rehearsal, 'url'> & Partial<Rehearsal>,
  options: SafeUpdateOptions,
): Promise<string> {
  const run = () => updateStore({ endpoint: url, region: 'us-east-1', accept: ['outage'], ...options });
  const held = () => run().catch((thrown: unknown) => thrown);
  const error = await inTime(() => (environment ? within(environment, held) : held()));
  if (error instanceof UnfinishedRunError && error.held) return error.runId;
  throw new Error(`the run is not on hold: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
}
