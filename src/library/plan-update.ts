/** The verbs that plan and look. They stand alone, so that a plan does not load the machine. */

import { runsFolder, stateFolder } from '../disk/journal/folders.ts';
import { findMissing } from '../domain/consent.ts';
import { toIso } from '../domain/duration.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { describeLockOwner, explainReason } from '../domain/reasons.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { foreseeNoCanaries } from '../key-verification/foresee.ts';
import { KeptCanariesError } from '../ports/key-verifier.ts';
import { type Objection, planUpdate as plan, type UpdatePlan } from '../run/plan-update.ts';
import { prepareRequest } from '../run/prepare.ts';
import { openKept } from './canaries.ts';
import { createChecks } from './checks.ts';
import { requireJournal, requireKnownOptions, resolveWords, type SafeUpdateOptions } from './options.ts';
import { foresee, requireReferences, type SavedPlan, sealPlan } from './saved-plan.ts';
import { type Connection, connect, logRequests } from './wiring/connection.ts';
import { openLogins } from './wiring/locks.ts';
import { openVault } from './wiring/secrets.ts';
import { version } from './wiring/version.ts';
import { findWorkers } from './wiring/who-works.ts';

/**
 * Says what an update would do, or why it would be refused: changes, mode, risks, findings of the checks. Only reads.
 *
 * @throws {InvalidInputError} if an argument is wrong.
 * @example
 * const { verdict, mode, missing } = await planUpdate({
 *   customKeyStoreId: 'ledger-hsm',
 *   change: { CloudHsmClusterId: 'cluster-greengreeng' },
 * });
 */
export async function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  return (await assessRequest(options, false)).plan;
}

/**
 * Plans as `planUpdate` does, and returns what `applyPlan` applies: JSON without a secret. `saved` is null if an update would
 * be refused.
 *
 * @throws {InvalidInputError} if an argument is wrong, or a secret is a literal and no reference.
 * @example
 * const { saved } = await savePlan({ customKeyStoreId: 'ledger-hsm', change: { CloudHsmClusterId: 'cluster-greengreeng' } });
 * if (saved) writeFileSync('plan.json', JSON.stringify(saved));
 */
export async function savePlan(
  options: SafeUpdateOptions,
): Promise<{ readonly plan: UpdatePlan; readonly saved: SavedPlan | null }> {
  const { plan, request, connection } = await assessRequest(options, false, requireReferences);
  const { store, verdict } = plan;
  if (store === null || verdict === 'refused') return { plan, saved: null };
  const { accept: _, window, ...policy } = request.policy;
  const { place, endpoint } = connection;
  const saved = sealPlan({
    version,
    madeAt: toIso(systemClock.now()),
    account: await connection.findAccount(),
    region: place.region,
    ...(endpoint ? { endpoint } : {}),
    store,
    foreseen: foresee(store, request),
    request: {
      ...request,
      policy: { ...policy, onFailure: options.onFailure ?? 'ask', ...(window ? { window: window.text } : {}) },
    },
  });
  return { plan, saved };
}

export interface CheckedStore extends UpdatePlan {
  /** The command that deletes the trial store, where a trial connect had to leave it. */
  readonly nextCommands?: readonly string[];
}

/**
 * Runs the checks of an update, or of a reconnect if no change is named. A trial connect is a run of its own, with a journal and
 * the lock of the store. It comes last, and only if nothing else is in the way.
 *
 * @throws {InvalidInputError} if an argument is wrong.
 * @throws {UnfinishedRunError} if the trial connect broke off.
 * @example
 * const { findings } = await checkStore({ customKeyStoreId: 'payments-xks' });
 */
export async function checkStore(options: SafeUpdateOptions): Promise<CheckedStore> {
  const isBare = Object.keys(options.change ?? {}).length === 0;
  const asked: SafeUpdateOptions = isBare ? { ...options, intent: 'reconnect' } : options;
  const { plan, request, connection, vault } = await assessRequest(asked, true, ({ policy }) =>
    requireJournal(policy, options),
  );
  if (!request.policy.trialConnect || plan.store === null || plan.verdict !== 'proceed') return plan;
  const { begin } = await import('./update-store.ts');
  const trialConnectPlan = { ...request, policy: { ...request.policy, trialConnect: 'only' } } as const;
  const result = await begin(connection, vault, options, {
    store: plan.store.customKeyStoreId,
    request: trialConnectPlan,
  });
  return addTrialConnect(plan, request, result);
}

function addTrialConnect(
  plan: UpdatePlan,
  { policy }: UpdateRequest,
  { outcome, checks, reason, nextCommands }: RunResult,
) {
  const findings = [...plan.findings, ...checks];
  const missing = findMissing(plan, findings, policy);
  const refused = outcome === 'unchanged' ? {} : { verdict: 'refused' as const, ...(reason ? { reason } : {}) };
  return { ...plan, findings, missing, ...refused, ...(nextCommands ? { nextCommands } : {}) };
}

/** Another run has the lock, or the lock table would not give it. */
function objectToLock(connection: Connection): Objection {
  return async (store) => {
    const { atWork, problem } = await findWorkers(store.customKeyStoreId, connection);
    if (atWork !== null) return explainReason('LOCKED', { store, detail: describeLockOwner(atWork) });
    return problem === null ? undefined : explainReason('SAFEGUARD_UNAVAILABLE', { store, detail: problem });
  };
}

/** Key verification is required, and there would be nothing to decrypt afterwards. */
function objectToLackOfCanaries(
  connection: Connection,
  { policy }: UpdateRequest,
  { stateDirectory, keyVerifier }: SafeUpdateOptions,
): Objection {
  return async (store, plan, signal) => {
    // What a prover of the caller's own can do, it alone knows.
    if (!policy.requireKeyVerification || keyVerifier !== undefined) return undefined;
    const place = { ...connection.place, account: await connection.findAccount() };
    const readKept = () => openKept(connection, place, stateDirectory).read(store.customKeyStoreId);
    const detail = await foreseeNoCanaries(connection.keys, store, plan, { policy, readKept, signal }).catch(
      describeUnreadable,
    );
    return detail === null ? undefined : explainReason('KEYS_NOT_VERIFIABLE', { store, detail });
  };
}

function describeUnreadable(error: unknown): string {
  if (error instanceof KeptCanariesError) return error.message;
  throw error;
}

/** `judge`: objects to the order before anything is called. */
async function assessRequest(
  options: SafeUpdateOptions,
  checksAnyway: boolean,
  judge: (request: UpdateRequest) => void = () => undefined,
) {
  requireKnownOptions(options);
  const vault = openVault(() => connect(options));
  const request = await prepareRequest(await resolveWords(options), vault);
  judge(request);
  const connection = await connect(options);
  const { kms, place } = connection;
  const hasJournal = options.journal !== false;
  const isAsked = options.expectAccount !== undefined || connection.lockTable !== null;
  const account = isAsked ? await connection.findAccount() : place.account;
  const where = async () => ({
    ...place,
    account: await connection.findAccount(),
    endpoint: connection.endpoint ?? null,
  });
  const folder = hasJournal ? runsFolder(stateFolder(options.stateDirectory)) : null;
  const logins = openLogins(connection);
  const checks = createChecks({ request, account }, { ...connection, logins }, vault, options, folder);
  const safeguards = {
    journal: hasJournal ? 'file' : 'memory',
    lock: connection.lockTable ? 'table' : 'user',
  } as const;
  const objections = [objectToLock(connection), objectToLackOfCanaries(connection, request, options)];
  const made = await logRequests(
    connection,
    () => options.logger,
    async () =>
      plan(
        { kms, clock: systemClock, checks, safeguards, logins, objections, checksAnyway },
        options.customKeyStoreId,
        await where(),
        request,
        options.signal,
      ),
  );
  return { plan: made, request, connection, vault };
}
