/** The verbs that plan and look. They stand alone, so that a plan does not load the machine. */

import { findMissing } from '../domain/consent.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { Order } from '../domain/plan.ts';
import { describeHolder, explainReason } from '../domain/reasons.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { runsFolder, stateFolder } from '../journal/folders.ts';
import { KeptCanariesError } from '../ports/proof.ts';
import { foreseeNoCanaries } from '../proof/foresee.ts';
import { type Objection, planUpdate as plan, type UpdatePlan } from '../run/plan-update.ts';
import { prepareOrder } from '../run/prepare.ts';
import { openKept } from './canaries.ts';
import { createChecks } from './checks.ts';
import { type Connection, connect, logRequests } from './connection.ts';
import { openLogins } from './locks.ts';
import { requireJournal, requireKnownOptions, resolveWords, type SafeUpdateOptions } from './options.ts';
import { foresee, requireReferences, type SavedPlan, sealPlan } from './saved-plan.ts';
import { openVault } from './secrets.ts';
import { version } from './version.ts';
import { findWorkers } from './who-works.ts';

/** Says what an update would do, or why it would be refused. Sends nothing but Describe. @throws {InvalidInputError} */
export async function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  return (await look(options, false)).plan;
}

/**
 * Plans as planUpdate does, and gives what applyPlan carries out: JSON without a secret in it. `saved` is null where an
 * update would be refused.
 *
 * @throws {InvalidInputError} also when a secret was given as a value.
 */
export async function savePlan(
  options: SafeUpdateOptions,
): Promise<{ readonly plan: UpdatePlan; readonly saved: SavedPlan | null }> {
  const { plan, order, connection } = await look(options, false, requireReferences);
  const { store, verdict } = plan;
  if (store === null || verdict === 'refused') return { plan, saved: null };
  const { accept: _, window, ...policy } = order.policy;
  const { place, endpoint } = connection;
  const saved = sealPlan({
    version,
    madeAt: new Date(systemClock.now()).toISOString(),
    account: await connection.findAccount(),
    region: place.region,
    ...(endpoint ? { endpoint } : {}),
    store,
    foreseen: foresee(store, order),
    order: {
      ...order,
      policy: { ...policy, onFailure: options.onFailure ?? 'ask', ...(window ? { window: window.text } : {}) },
    },
  });
  return { plan, saved };
}

export interface CheckedStore extends UpdatePlan {
  /** The command that deletes the throw-away store, where a rehearsal had to leave it. */
  readonly remaining?: readonly string[];
}

/**
 * Runs the checks of an update, or of a reconnect where no change is named. A rehearsal is a run of its own, with a journal
 * and the lock of the store, and comes last: only where nothing else stands in the way.
 *
 * @throws {InvalidInputError}
 * @throws {UnfinishedRunError} when the rehearsal broke off.
 */
export async function checkStore(options: SafeUpdateOptions): Promise<CheckedStore> {
  const isBare = Object.keys(options.change ?? {}).length === 0;
  const asked: SafeUpdateOptions = isBare ? { ...options, intent: 'reconnect' } : options;
  const { plan, order, connection, vault } = await look(asked, true, ({ policy }) => requireJournal(policy, options));
  if (!order.policy.rehearse || plan.store === null || plan.verdict !== 'proceed') return plan;
  const { begin } = await import('./safe-update.ts');
  const rehearsal = { ...order, policy: { ...order.policy, rehearse: 'only' } } as const;
  const result = await begin(connection, vault, options, { store: plan.store.customKeyStoreId, order: rehearsal });
  return addRehearsal(plan, order, result);
}

function addRehearsal(plan: UpdatePlan, { policy }: Order, { outcome, checks, reason, remaining }: RunResult) {
  const findings = [...plan.findings, ...checks];
  const missing = findMissing(plan.risks, findings, policy);
  const refused = outcome === 'unchanged' ? {} : { verdict: 'refused' as const, ...(reason ? { reason } : {}) };
  return { ...plan, findings, missing, ...refused, ...(remaining ? { remaining } : {}) };
}

/** Another run has the lock, or the lock table would not give it. */
function objectToLock(connection: Connection): Objection {
  return async (store) => {
    const { atWork, problem } = await findWorkers(store.customKeyStoreId, connection);
    if (atWork !== null) return explainReason('LOCKED', { store, detail: describeHolder(atWork) });
    return problem === null ? undefined : explainReason('NOT_KEPT', { store, detail: problem });
  };
}

/** Key verification is required, and there would be nothing to decrypt afterwards. */
function objectToLackOfCanaries(
  connection: Connection,
  { policy }: Order,
  { stateDirectory, prover }: SafeUpdateOptions,
): Objection {
  return async (store, plan, signal) => {
    // What a prover of the caller's own can do, it alone knows.
    if (!policy.requireProof || prover !== undefined) return undefined;
    const place = { ...connection.place, account: await connection.findAccount() };
    const readKept = () => openKept(connection, place, stateDirectory).read(store.customKeyStoreId);
    const detail = await foreseeNoCanaries(connection.keys, store, plan, { policy, readKept, signal }).catch(
      tellUnreadable,
    );
    return detail === null ? undefined : explainReason('PROOF_IMPOSSIBLE', { store, detail });
  };
}

function tellUnreadable(error: unknown): string {
  if (error instanceof KeptCanariesError) return error.message;
  throw error;
}

/** `judge`: objects to the order before anything is called. */
async function look(
  options: SafeUpdateOptions,
  checksAnyway: boolean,
  judge: (order: Order) => void = () => undefined,
) {
  requireKnownOptions(options);
  const vault = openVault(() => connect(options));
  const order = await prepareOrder(await resolveWords(options), vault);
  judge(order);
  const connection = await connect(options);
  const { kms, place } = connection;
  const hasJournal = options.journal !== false;
  const isAsked = options.expectAccount !== undefined || connection.lockTable !== null;
  const account = isAsked ? await connection.findAccount() : place.account;
  const folder = hasJournal ? runsFolder(stateFolder(options.stateDirectory)) : null;
  const logins = openLogins(connection);
  const checks = createChecks({ order, account }, { ...connection, logins }, vault, options, folder);
  const guards = { journal: hasJournal ? 'file' : 'memory', lock: connection.lockTable ? 'table' : 'user' } as const;
  const objections = [objectToLock(connection), objectToLackOfCanaries(connection, order, options)];
  const made = await logRequests(
    connection,
    () => options.logger,
    () =>
      plan(
        { kms, clock: systemClock, checks, guards, logins, objections, checksAnyway },
        options.customKeyStoreId,
        place,
        order,
        options.signal,
      ),
  );
  return { plan: made, order, connection, vault };
}
