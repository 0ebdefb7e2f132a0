/** The verb that ends the hold of a run which another process of this machine carries. */

import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { requestRelease } from '../disk/journal/release-file.ts';
import type { Risk } from '../domain/policy.ts';
import type { StopAnswer } from './stop-run.ts';
import { findRunning } from './wiring/locks.ts';

export interface ReleaseOptions {
  readonly runId: string;
  readonly stateDirectory?: string;
  /** Puts the old settings back in place of going on. */
  readonly rollBack: boolean;
  readonly accept: readonly Risk[];
}

/** Null: no process carries the run, or it is not on hold. @throws {JournalError} */
export async function releaseRun({
  runId,
  stateDirectory,
  rollBack,
  accept,
}: ReleaseOptions): Promise<StopAnswer | null> {
  const folder = runsFolder(stateFolder(stateDirectory));
  const running = await findRunning(folder, runId);
  if (running?.step !== 'hold') return null;
  await requestRelease(folder, runId, rollBack ? { kind: 'givenUp' } : { kind: 'released', accepted: accept });
  const what = rollBack ? 'roll back' : 'continue';
  return { isRequested: true, message: `run ${runId} (process ${running.pid}) was asked to ${what}` };
}
