/** The verbs that go on from an earlier run: to finish it, or to undo it. */
import type { Context, Input } from '../../machines/safe-update/index.ts';
import { type Change, changedNames, secretReference } from '../domain/change.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { Risk } from '../domain/policy.ts';
import { optionName } from '../domain/properties.ts';
import { describeHolder, explainReason } from '../domain/reasons.ts';
import { mayLeaveStore } from '../domain/rehearsal.ts';
import { isAhead } from '../domain/window.ts';
import { createLocalHost, createMemoryLog } from '../hosts/local.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { runsFolder, stateFolder } from '../journal/folders.ts';
import { openJournal } from '../journal/journal.ts';
import type { JournalContents } from '../journal/parse.ts';
import { readJournal } from '../journal/shelf.ts';
import { whoAmI } from '../journal/who.ts';
import type { Holder } from '../ports/holder.ts';
import { DivergenceError } from '../ports/host.ts';
import { LockError, type LockHolder, type StoreLock } from '../ports/lock.ts';
import { SecretUnavailableError, type Vault } from '../ports/secrets.ts';
import { abandonRehearsal } from '../run/abandon-rehearsal.ts';
import { InvalidInputError, UnfinishedRunError } from '../run/errors.ts';
import { type Past, readPast } from '../run/past.ts';
import { type ChangeInput, prepareCorrection } from '../run/prepare.ts';
import { refuse } from '../run/report.ts';
import { orderTakeUp, orderUndo, readTakenUp } from '../run/take-up.ts';
import { carry, type Work } from './carry.ts';
import { type Connection, connect } from './connection.ts';
import { lockRun, openStoreLock } from './locks.ts';
import { requireNotify } from './notify.ts';
import type { RunOptions } from './options.ts';
import { begin, tellOnStandardError } from './safe-update.ts';
import { openVault } from './secrets.ts';
import { version } from './version.ts';

export interface ResumeOptions extends Omit<RunOptions, 'journal' | 'region'> {
  readonly runId: string;
  /** New values in the place of those that were wrong, and secrets that are not where they were. */
  readonly change?: ChangeInput;
  readonly accept?: readonly Risk[];
  /** What the run was held for is done. A correction says so too; otherwise the holder is asked. */
  readonly isDone?: boolean;
  /** Gives a secret that the run needs and that is not where it was. Without it the resume is refused. */
  readonly askSecret?: (what: string) => Promise<string>;
}

/**
 * Goes on with a run that did not come to a good end: where it was, or from what it has left.
 *
 * @throws {InvalidInputError} when there is nothing to go on with, or a value is wrong.
 * @throws {JournalError} when its journal cannot be read or trusted.
 * @throws {UnfinishedRunError} when it broke off again.
 */
export async function resumeRun(options: ResumeOptions): Promise<RunResult> {
  const { folder, contents, past } = await open(options);
  const vault = openVault(() => reach(contents, options));
  const correction = await prepareCorrection(options.change ?? {}, vault);
  const taken = readTakenUp(past, systemClock.now());
  const { header, end, records } = contents;
  const isStoreLeft = mayLeaveStore(records);
  if (end && !isStoreLeft && !(taken && (end.outcome === 'unsettled' || end.outcome === 'stranded'))) {
    const undo = end.outcome === 'updated' ? `; cks rollback ${options.runId} undoes it` : '';
    throw new InvalidInputError(
      `run ${options.runId} has ended ${end.outcome ?? 'with a wrong input'}: nothing is left${undo}`,
    );
  }
  const isSame = header.version === version && past.isWhole;
  const isHeld = past.state === 'acting.holding' && past.pending === null;
  const hasCorrection = changedNames(correction).length > 0;
  const isReplayed = !end && isSame && !(hasCorrection && !isHeld);
  if (isReplayed || !isStoreLeft) await findSecrets(past, correction, vault, options);
  const connection = await reach(contents, options);
  const stranger = await findStranger(connection, past.context);
  if (stranger) return stranger;

  const takeUp = () => {
    if (isStoreLeft) return clearRehearsal(folder, contents, past, connection, vault, options);
    if (taken === null) throw new InvalidInputError(`run ${options.runId} has sent nothing: start it again`);
    return begin(connection, vault, options, orderTakeUp(past, taken, correction, options.accept ?? []));
  };
  if (!isReplayed) return takeUp();
  try {
    return await replay(folder, contents, past, connection, vault, {
      ...options,
      ...(isHeld ? { holder: releaseWith(correction, options) } : {}),
    });
  } catch (error) {
    // Another way than the log tells of: what it knows is true all the same.
    if (error instanceof UnfinishedRunError && error.cause instanceof DivergenceError) return takeUp();
    throw error;
  }
}

/**
 * Puts back what a finished run has changed, by a run of its own.
 *
 * @throws {InvalidInputError} when it changed nothing, or an old value is known to nobody.
 */
export async function undoRun(options: ResumeOptions): Promise<RunResult> {
  const { contents, past } = await open(options);
  const { runId } = options;
  if (contents.end?.outcome !== 'updated') {
    const how = contents.end
      ? `has ended ${contents.end.outcome ?? 'with a wrong input'}`
      : `is unfinished; cks resume ${runId}`;
    throw new InvalidInputError(`run ${runId} ${how}: only one that has ended updated can be undone`);
  }
  const vault = openVault(() => reach(contents, options));
  const sequel = orderUndo(past, options.accept ?? []);
  if ('lost' in sequel) throw new InvalidInputError(explainLost(runId, sequel.lost));
  if (changedNames(sequel.order.change).length === 0) throw new InvalidInputError(`run ${runId} changed no setting`);
  await requireSecrets(sequel.order.change, vault, options);
  const connection = await reach(contents, options);
  return (await findStranger(connection, past.context)) ?? begin(connection, vault, options, sequel);
}

function explainLost(runId: string, lost: Extract<ReturnType<typeof orderUndo>, { lost: unknown }>['lost']): string {
  return `run ${runId} cannot be undone: the old value of ${lost.join(' and ')} is known to nobody`;
}

async function open({ runId, stateDirectory, notify }: ResumeOptions) {
  requireNotify(notify);
  const folder = runsFolder(stateFolder(stateDirectory));
  const contents = await readJournal(folder, runId);
  return { folder, contents, past: readPast(contents.header.input as Input, contents.records) };
}

/** The same place as before, unless the caller names another way there. */
function reach({ header }: JournalContents, options: ResumeOptions): Promise<Connection> {
  const { region, endpoint, profile, lockTable } = header;
  const way = {
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(lockTable ? { lockTable } : {}),
  };
  return connect({ region, ...way, ...options });
}

/** Refused where these are other credentials than the run's: in another account the store is another one, or none. */
async function findStranger(connection: Connection, context: Context): Promise<RunResult | undefined> {
  const { account } = context.place;
  const now = await connection.findAccount();
  if (account === 'unknown' || now === 'unknown' || account === now) return undefined;
  return refuse(context, explainReason('OTHER_ACCOUNT', { detail: `${now}, not ${account}` }));
}

/** The same steps again: those in the log from there, the others as they come. `work`: something else in their place. */
async function replay(
  folder: string,
  { header, end }: JournalContents,
  past: Past,
  connection: Connection,
  secrets: Vault,
  options: ResumeOptions,
  work?: Work,
): Promise<RunResult> {
  const input = header.input as Input;
  const { store } = past.context.seen ?? {};
  const runLock = await lockRun(folder, options.runId);
  if (!('release' in runLock)) return refuseLocked(past, runLock);
  const lock = openStoreLock(input, connection);
  // One that still waits for its window keeps nobody out.
  const mayAct = !isAhead(input.order.policy.window, systemClock.now());
  const prepare = async () => {
    const holder = store && mayAct ? await acquireAgain(lock, store, past) : null;
    if (holder) return { holder };
    const resumed = { atMs: systemClock.now(), who: whoAmI(), version };
    const onLost = options.onJournalLost ?? tellOnStandardError;
    return { journal: end ? null : await openJournal(folder, options.runId, resumed, { onLost }) };
  };
  const giveBack = async () => {
    await lock.release(null);
    runLock.release();
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

/** Where nobody can say whose it is, a run that may have sent something goes on: it asks again before its next call. */
async function acquireAgain(
  lock: StoreLock,
  { customKeyStoreId }: KeyStore,
  { context, pending }: Past,
): Promise<LockHolder | null> {
  try {
    return await lock.acquire(customKeyStoreId);
  } catch (error) {
    if (error instanceof LockError && (context.hasWritten || pending !== null)) return null;
    throw error;
  }
}

/** Takes the throw-away store away, and ends the run: it has changed nothing, so it may as well begin anew. */
function clearRehearsal(
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

/** A hold ends at once with what the resume was given; without anything the operator is asked. */
function releaseWith(correction: Change, { accept = [], holder, isDone = false }: ResumeOptions): Holder {
  let isFirst = changedNames(correction).length > 0 || isDone;
  return {
    async wait(held, signal) {
      if (!isFirst) return holder?.wait(held, signal) ?? { kind: 'left' };
      isFirst = false;
      return { kind: 'released', correction, accepted: accept };
    },
  };
}

/** The secrets that are still needed: found where the run had them, given again, or asked for. */
async function findSecrets(past: Past, correction: Change, vault: Vault, options: ResumeOptions): Promise<void> {
  const { order, isUnsent, plan } = past.context;
  const isNeeded = plan === null || isUnsent || past.pending === 'updateStore';
  if (isNeeded) await requireSecrets({ ...order.change, ...plan?.send, ...correction }, vault, options);
}

async function requireSecrets(change: Change, vault: Vault, { askSecret }: ResumeOptions): Promise<void> {
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    if (reference === undefined) continue;
    try {
      await vault.resolve(reference);
    } catch (error) {
      if (!(error instanceof SecretUnavailableError)) throw error;
      if (!askSecret)
        throw new InvalidInputError(
          `the secret of ${name} is still needed, and ${error.message}: put it back, or give it with --${optionName(name)}`,
        );
      vault.replace(reference, await askSecret(name));
    }
  }
}
