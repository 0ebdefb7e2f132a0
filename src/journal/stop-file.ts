/** A stop that is asked for on this machine: a file beside the journal, where the run looks. No signal: its process may be anything. */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stops } from '../ports/stops.ts';

export function createFileStops(folder: string, runId: string): Stops {
  return {
    isRequested: () =>
      stat(stopFile(folder, runId)).then(
        () => true,
        () => false,
      ),
  };
}

export async function requestFileStop(folder: string, runId: string): Promise<void> {
  await writeFile(stopFile(folder, runId), '', { mode: 0o600 });
}

/** One that was asked for earlier counts no more. Never fails. */
export async function forgetFileStop(folder: string, runId: string): Promise<void> {
  await rm(stopFile(folder, runId), { force: true }).catch(() => undefined);
}

/** Goes with the journal when that is thrown away. */
function stopFile(folder: string, runId: string): string {
  return join(folder, `${runId}.stop`);
}
