/** The verbs that change a store, over the default adapters. The command stands on the same. */
import type { Input } from '../../machines/safe-update/index.ts';
import type { RunResult } from '../domain/outcome.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { runsFolder, stateFolder } from '../journal/folders.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import { whoAmI } from '../journal/who.ts';
import type { Secrets } from '../ports/secrets.ts';
import { prepareOrder } from '../run/prepare.ts';
import { carry } from './carry.ts';
import { type Connection, connect } from './connection.ts';
import { lockRun, openStoreLock } from './locks.ts';
import {
  type RunOptions,
  requireJournal,
  requireKnownOptions,
  resolveWords,
  type SafeUpdateOptions,
} from './options.ts';
import { createRunId } from './run-id.ts';
import { openVault } from './secrets.ts';
import { version } from './version.ts';

/**
 * Changes settings of a custom key store safely, and says how that ended.
 *
 * @throws {InvalidInputError} when the arguments are wrong, by themselves or for this type of store.
 * @throws {LogError} when no journal can be kept: nothing was sent.
 * @throws {UnfinishedRunError} when the run broke off; it says in which state the store was last seen.
 */
export async function safeUpdate(options: SafeUpdateOptions): Promise<RunResult> {
  requireKnownOptions(options);
  const vault = openVault(() => connect(options));
  const order = await prepareOrder(await resolveWords(options), vault);
  requireJournal(order.policy, options);
  const connection = await connect(options);
  return begin(connection, vault, options, { store: options.customKeyStoreId, order });
}

/** Disconnects a store and connects it again, whatever state it is in: a rotation of kmsuser, or the way back online. */
export function reconnect(options: Omit<SafeUpdateOptions, 'change' | 'previous' | 'intent'>): Promise<RunResult> {
  return safeUpdate({ ...options, intent: 'reconnect' });
}

/** Begins a run of its own, with a journal of its own. */
export async function begin(
  connection: Connection,
  secrets: Secrets,
  options: RunOptions,
  what: Pick<Input, 'store' | 'order' | 'takenUp'>,
): Promise<RunResult> {
  const startedAtMs = systemClock.now();
  const place = { ...connection.place, account: await connection.findAccount() };
  const input: Input = { runId: createRunId(new Date(startedAtMs)), place, startedAtMs, ...what };
  const folder = runsFolder(stateFolder(options.stateDirectory));
  const journal = options.journal === false ? null : await openNew(folder, input, connection, options);
  // Nobody else can know of the run yet, so the lock is ours.
  const runLock = journal && (await lockRun(folder, input.runId));
  const held = runLock && 'release' in runLock ? runLock : null;
  const lock = openStoreLock(input, connection);
  const { order } = input;
  const ours: Input = { ...input, order: { ...order, policy: { ...order.policy, ...options.patience } } };
  return carry({ input: ours, connection, secrets, options, journal, lock, runLock: held, folder });
}

function openNew(
  folder: string,
  input: Input,
  { endpoint, lockTable }: Connection,
  { profile, onJournalLost }: RunOptions,
): Promise<Journal> {
  const { runId, startedAtMs, place } = input;
  const { account, region } = place;
  const reach = {
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(lockTable ? { lockTable: lockTable.name } : {}),
  };
  const facts = { version, runId, startedAtMs, who: whoAmI(), account, region, ...reach, input };
  return createJournal(folder, facts, { onLost: onJournalLost ?? tellOnStandardError });
}

/** A disk that fails once the store is offline must not take what happened with it. */
export function tellOnStandardError(line: string): void {
  process.stderr.write(line);
}
