/** Waits until the window opens, however long that takes. A stop ends it. */
import type { ActorInputs, Stamped, Waited } from '../../machines/safe-update/index.ts';
import { toPlannedWindow } from '../domain/window.ts';
import type { Run } from './run.ts';

/** A sleep leaves no value in the log: what it says is that the time has come. */
export const waited = { kind: 'waited', calls: {} } as const;

export async function awaitWindow(run: Run, opening: ActorInputs['awaitWindow']): Promise<Stamped<Waited>> {
  if (run.host.upcoming() === 'new') run.emit({ type: 'window.awaited', ...toPlannedWindow(opening) });
  const slept = await run.host.sleepUntil('awaitWindow', opening.opensAtMs);
  // Those of before the wait may have expired.
  if (run.host.upcoming() !== 'remembered') await run.kms.renewCredentials();
  return { ...slept, value: waited };
}
