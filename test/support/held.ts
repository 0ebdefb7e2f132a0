/** A run that is on hold and that no process carries: as a program leaves it, which asks nobody. */
import type { SafeUpdateOptions } from '../../src/library/options.ts';
import { updateStore } from '../../src/library/update-store.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { within } from './environments.ts';

/** The id of the run. `url`: of the simulator. */
export async function leaveHeld(
  { url, environment }: { readonly url: string; readonly environment?: NodeJS.ProcessEnv },
  options: SafeUpdateOptions,
): Promise<string> {
  const run = () => updateStore({ endpoint: url, region: 'us-east-1', accept: ['outage'], ...options });
  const held = () => run().catch((thrown: unknown) => thrown);
  const error = await (environment ? within(environment, held) : held());
  if (error instanceof UnfinishedRunError && error.held) return error.runId;
  throw new Error(`the run is not on hold: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
}
