/** The verbs that change a store, over the default adapters. The command stands on the same. */
import type { Input } from '../../machines/safe-update/index.ts';
import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { createJournal, type Journal } from '../disk/journal/journal.ts';
import { findWho } from '../disk/journal/who.ts';
import { pickChange } from '../domain/change.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { explainReason } from '../domain/reasons.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { LockError } from '../ports/lock.ts';
import { LogError } from '../ports/log.ts';
import type { Secrets, Vault } from '../ports/secrets.ts';
import { prepareRequest } from '../run/prepare.ts';
import { recall } from '../run/recall.ts';
import { refuse } from '../run/report.ts';
import {
  type RunOptions,
  requireJournal,
  requireKnownOptions,
  resolveWords,
  type SafeUpdateOptions,
} from './options.ts';
import { carry } from './wiring/carry.ts';
import { chartHash } from './wiring/chart.ts';
import { type Connection, connect } from './wiring/connection.ts';
import { lockIfPossible, lockRun, openStoreLock } from './wiring/locks.ts';
import { inheritPins, type Pins, pinChange, pinSecrets, pinVersions } from './wiring/pins.ts';
import { createRunId } from './wiring/run-id.ts';
import { openVault } from './wiring/secrets.ts';
import { version } from './wiring/version.ts';
import { openLosses, openWarnings, type Warn } from './wiring/warnings.ts';

/**
 * Changes settings of a custom key store, offline only if it must be, and rolls back what fails.
 *
 * @returns How the run ended. Every outcome is a result, also a refusal and a rollback.
 * @throws {InvalidInputError} if an argument is wrong, by itself or for this type of store. Nothing was sent.
 * @throws {UnfinishedRunError} if the run broke off. It says in which state the store was last observed.
 * @example
 * const { outcome, reason } = await updateStore({
 *   customKeyStoreId: 'payments-xks',
 *   change: { XksProxyUriEndpoint: 'https://xks.new.example.com' },
 *   accept: ['outage'],
 * });
 */
export async function updateStore(options: SafeUpdateOptions): Promise<RunResult> {
  requireKnownOptions(options);
  const vault = openVault(() => connect(options));
  const request = await prepareRequest(await resolveWords(options), vault);
  requireJournal(request.policy, options);
  const connection = await connect(options);
  return begin(connection, vault, options, { store: options.customKeyStoreId, request });
}

/**
 * Disconnects a store and connects it again, in whatever state it is: AWS CloudHSM then rotates the password of kmsuser.
 *
 * @returns How the run ended, as from `updateStore`.
 * @throws {InvalidInputError} if an argument is wrong. Nothing was sent.
 * @throws {UnfinishedRunError} if the run broke off.
 * @example
 * await reconnectStore({ customKeyStoreId: 'ledger-hsm', accept: ['outage'] });
 */
export function reconnectStore(options: Omit<SafeUpdateOptions, 'change' | 'previous' | 'intent'>): Promise<RunResult> {
  return updateStore({ ...options, intent: 'reconnect' });
}

/** Begins a run of its own, with a journal of its own. `earlierPins`: of the run that it resumes. */
export async function begin(
  connection: Connection,
  secrets: Vault,
  options: RunOptions,
  what: Pick<Input, 'store' | 'request' | 'resumedFrom'>,
  earlierPins: Pins = {},
): Promise<RunResult> {
  const startedAtMs = systemClock.now();
  const place = { ...connection.place, account: await connection.findAccount() };
  // What an earlier run has left is brought to its end, whatever the disk refuses.
  const hasActed = what.resumedFrom?.isUnfinished ?? false;
  const { request, pins } = await pin(what.request, secrets, hasActed, options, earlierPins);
  const input: Input = { runId: createRunId(new Date(startedAtMs)), place, startedAtMs, ...what, request };
  const folder = runsFolder(stateFolder(options.stateDirectory));
  const warn = openWarnings(input.runId, options);
  const open = async () => {
    const journal =
      options.journal === false ? null : await openNew(folder, input, pins, connection, options, hasActed, warn);
    // No other process can know of the run yet, so the lock is ours.
    const lockThis = () => lockIfPossible(() => lockRun(folder, input.runId), hasActed, warn);
    const taken = journal && (await lockThis().catch(closeJournal(journal)));
    return { journal, runLock: taken && 'release' in taken ? taken : null };
  };
  const opened = await open().catch(explainLackOfSafeguard);
  if (opened instanceof Error) {
    return refuse(recall(input, null, null), explainReason('SAFEGUARD_UNAVAILABLE', { detail: opened.message }));
  }
  const { journal, runLock } = opened;
  const lock = openStoreLock(input, connection, warn);
  const ours: Input = { ...input, request: { ...request, policy: { ...request.policy, ...options.waitLimits } } };
  return carry({ input: ours, connection, secrets, options, journal, lock, runLock, folder });
}

/** Nothing was sent: that no journal or no lock can be had is an answer, and no error. */
function explainLackOfSafeguard(error: unknown): LogError | LockError {
  if (error instanceof LogError || error instanceof LockError) return error;
  throw error;
}

/** Keeps the run, and each later one that resumes or rolls it back, to the secrets that are there now. */
async function pin(
  request: UpdateRequest,
  secrets: Vault,
  hasActed: boolean,
  { journal }: RunOptions,
  earlierPins: Pins,
): Promise<{ readonly request: UpdateRequest; readonly pins: Pins }> {
  // What an earlier run has left must not wait for a secret that may be slow to read: only those just read are pinned.
  if (hasActed) {
    const change = await pinChange(request.change, secrets);
    return { request: { ...request, change }, pins: inheritPins(earlierPins, request.previous) };
  }
  const pinned = await pinVersions(request, secrets);
  return { request: pinned, pins: journal === false ? {} : await pinBoth(pinned, secrets) };
}

/** Both credentials: an undoing restores the old one, and is itself rolled back with the new one. */
async function pinBoth({ change, previous }: UpdateRequest, secrets: Secrets): Promise<Pins> {
  // A kmsuser password may be short, and an undoing cannot use the new one.
  const credential = pickChange(change, (name) => name === 'XksProxyAuthenticationCredential');
  return { ...(await pinSecrets(previous, secrets)), ...(await pinSecrets(credential, secrets)) };
}

/** The journal of a run that cannot begin. */
const closeJournal = (journal: Journal) => async (error: unknown) => {
  await journal.close();
  throw error;
};

function openNew(
  folder: string,
  input: Input,
  pins: Pins,
  { endpoint, lockTable }: Connection,
  { profile, onJournalLost }: RunOptions,
  hasActed: boolean,
  warn: Warn,
): Promise<Journal> {
  const { runId, startedAtMs, place } = input;
  const { account, region } = place;
  const reach = {
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(lockTable ? { lockTable: lockTable.name } : {}),
    ...(Object.keys(pins).length > 0 ? { pins } : {}),
  };
  const facts = { version, chart: chartHash(), runId, startedAtMs, who: findWho(), account, region, ...reach, input };
  return createJournal(folder, facts, { ...openLosses(onJournalLost, warn), hasActed });
}
