/** Carries an earlier run over its journal, in this process: alone, and under the lock of its store. */

import type { Header } from '../../disk/journal/format.ts';
import { openJournal } from '../../disk/journal/journal.ts';
import { findWho } from '../../disk/journal/who.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import { leaveKeysToRunAtWork } from '../../domain/next-commands.ts';
import type { RunResult } from '../../domain/outcome.ts';
import { describeLockOwner, explainReason } from '../../domain/reasons.ts';
import { toReportedLockOwner } from '../../domain/safeguards.ts';
import { isAhead } from '../../domain/window.ts';
import { createLocalHost } from '../../hosts/local.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { LockOwner } from '../../ports/lock.ts';
import { unkeptLog } from '../../ports/log.ts';
import type { Vault } from '../../ports/secrets.ts';
import { abandonTrialStore } from '../../run/abandon-trial-store.ts';
import { refuse } from '../../run/report.ts';
import { carry, type Work } from './carry.ts';
import { chartHash } from './chart.ts';
import type { Connection } from './connection.ts';
import type { Earlier, ResumeOptions } from './earlier-run.ts';
import { lockIfPossible, lockRun, openStoreLock } from './locks.ts';
import { version } from './version.ts';
import { openLosses, openWarnings } from './warnings.ts';

/** Whether this code has the lifecycle that wrote a journal. Another one resumes from the facts in it. */
export function isReplayable(header: Pick<Header, 'version' | 'chart'>): boolean {
  return header.version === version && header.chart === chartHash();
}

/** The same steps again: those in the log from there, the others as they come. `work`: something else in their place. */
export async function replay(
  earlier: Earlier,
  connection: Connection,
  secrets: Vault,
  options: ResumeOptions,
  work?: Work,
): Promise<RunResult> {
  const { folder, contents, input, context, left } = earlier;
  const { end } = contents;
  const { store } = context.lastObserved ?? {};
  const warn = openWarnings(options.runId, options);
  const hasActed = left !== null;
  const runLock = await lockIfPossible(() => lockRun(folder, options.runId), hasActed, warn);
  if (runLock && !('release' in runLock)) return refuseLocked(earlier, runLock);
  const lock = openStoreLock(input, connection, warn);
  // A run that still waits for its window holds no lock.
  const mayAct = !isAhead(input.request.policy.window, systemClock.now());
  const prepare = async () => {
    // Where the disk or the table refuses the lock, it is asked for again before the next call.
    const acquire = ({ customKeyStoreId }: KeyStore) =>
      lockIfPossible(() => lock.acquire(customKeyStoreId), hasActed, warn);
    const owner = store && mayAct ? await acquire(store) : null;
    if (owner) return { owner };
    const resumed = { atMs: systemClock.now(), who: findWho(), version };
    const losses = { ...openLosses(options.onJournalLost, warn), known: contents };
    return { journal: end ? null : await openJournal(folder, options.runId, resumed, losses) };
  };
  const giveBack = async () => {
    await lock.release(null);
    runLock?.release();
  };
  const ready = await prepare().catch(async (error) => {
    await giveBack();
    throw error;
  });
  if ('owner' in ready) {
    await giveBack();
    return refuseLocked(earlier, ready.owner);
  }
  const { journal } = ready;
  return carry({ input, connection, secrets, options, journal, lock, runLock, folder, isResumed: true }, work);
}

/** Takes the trial store away, and ends the run: it has changed nothing, so it may as well begin anew. */
export function clearTrialStore(
  earlier: Earlier,
  connection: Connection,
  secrets: Vault,
  options: ResumeOptions,
): Promise<RunResult> {
  // What the log holds is of another version, or of a run that has ended: nothing of it is replayed.
  const work: Work = (ports) =>
    abandonTrialStore({ ...ports, host: createLocalHost(unkeptLog, systemClock) }, earlier.context);
  return replay(earlier, connection, secrets, options, work);
}

function refuseLocked({ context }: Earlier, owner: LockOwner): RunResult {
  const about = context.lastObserved ? { store: context.lastObserved.store } : {};
  const detail = describeLockOwner(toReportedLockOwner(owner));
  return leaveKeysToRunAtWork(refuse(context, explainReason('LOCKED', { ...about, detail })));
}
