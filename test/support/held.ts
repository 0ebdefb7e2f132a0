/** A run that is on hold and that no process carries: as a program leaves it, which asks nobody. */
import type { SafeUpdateOptions } from '../../src/library/options.ts';
import { updateStore } from '../../src/library/update-store.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { within } from './environments.ts';

interface Surroundings {
  /** Of the simulator. */
  readonly url: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly inItsTime?: <T>(work: () => T) => T;
}

/** The id of the run. */
export async function leaveHeld(
  { url, environment, inItsTime = (work) => work() }: Surroundings,
  options: SafeUpdateOptions,
): Promise<string> {
  const run = () => updateStore({ endpoint: url, region: 'us-east-1', accept: ['outage'], ...options });
  const held = () => run().catch((thrown: unknown) => thrown);
  const error = await inItsTime(() => (environment ? within(environment, held) : held()));
  if (error instanceof UnfinishedRunError && error.held) return error.runId;
  throw new Error(`the run is not on hold: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
}
