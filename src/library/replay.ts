/** Carries an earlier run over its journal, in this process: alone, and under the lock of its store. */
import type { Input } from '../../machines/safe-update/index.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { RunResult } from '../domain/outcome.ts';
import { describeHolder, explainReason } from '../domain/reasons.ts';
import { isAhead } from '../domain/window.ts';
import { createLocalHost, createMemoryLog } from '../hosts/local.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { openJournal } from '../journal/journal.ts';
import type { JournalContents } from '../journal/parse.ts';
import { whoAmI } from '../journal/who.ts';
import type { LockHolder } from '../ports/lock.ts';
import type { Vault } from '../ports/secrets.ts';
import { abandonRehearsal } from '../run/abandon-rehearsal.ts';
import type { Past } from '../run/past.ts';
import { refuse } from '../run/report.ts';
import { carry, type Work } from './carry.ts';
import type { Connection } from './connection.ts';
import type { ResumeOptions } from './earlier-run.ts';
import { lockIfPossible, lockRun, openStoreLock } from './locks.ts';
import { version } from './version.ts';
import { openLosses, openWarnings } from './warnings.ts';

/** The same steps again: those in the log from there, the others as they come. `work`: something else in their place. */
export async function replay(
  folder: string,
  contents: JournalContents,
  past: Past,
  connection: Connection,
  secrets: Vault,
  options: ResumeOptions,
  work?: Work,
): Promise<RunResult> {
  const { header, end } = contents;
  const input = header.input as Input;
  const { store } = past.context.seen ?? {};
  const warn = openWarnings(options.runId, options);
  const hasActed = past.context.hasWritten || past.pending !== null;
  const runLock = await lockIfPossible(() => lockRun(folder, options.runId), hasActed, warn);
  if (runLock && !('release' in runLock)) return refuseLocked(past, runLock);
  const lock = openStoreLock(input, connection);
  // One that still waits for its window keeps nobody out.
  const mayAct = !isAhead(input.order.policy.window, systemClock.now());
  const prepare = async () => {
    // Where the disk or the table refuses the lock, it is asked for again before the next call.
    const acquire = ({ customKeyStoreId }: KeyStore) =>
      lockIfPossible(() => lock.acquire(customKeyStoreId), hasActed, warn);
    const holder = store && mayAct ? await acquire(store) : null;
    if (holder) return { holder };
    const resumed = { atMs: systemClock.now(), who: whoAmI(), version };
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
  if ('holder' in ready) {
    await giveBack();
    return refuseLocked(past, ready.holder);
  }
  const { journal } = ready;
  return carry({ input, connection, secrets, options, journal, lock, runLock, folder, isResumed: true }, work);
}

/** Takes the throw-away store away, and ends the run: it has changed nothing, so it may as well begin anew. */
export function clearRehearsal(
  folder: string,
  contents: JournalContents,
  past: Past,
  connection: Connection,
  secrets: Vault,
  options: ResumeOptions,
): Promise<RunResult> {
  // What the log holds is of another version, or of a run that has ended: nothing of it is replayed.
  const work: Work = (ports) =>
    abandonRehearsal({ ...ports, host: createLocalHost(createMemoryLog(), systemClock) }, past.context);
  return replay(folder, contents, past, connection, secrets, options, work);
}

function refuseLocked({ context }: Past, holder: LockHolder): RunResult {
  const about = context.seen ? { store: context.seen.store } : {};
  return refuse(context, explainReason('LOCKED', { ...about, detail: describeHolder(holder) }));
}
