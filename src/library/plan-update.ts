/** The verbs that plan and look. They stand alone, so that a plan does not load the machine. */

import { runsFolder, stateFolder } from '../journal/folders.ts';
import { planUpdate as plan, type UpdatePlan } from '../run/plan-update.ts';
import { prepareOrder } from '../run/prepare.ts';
import { createVault } from '../secrets/vault.ts';
import { createChecks } from './checks.ts';
import { connect, logRequests } from './connection.ts';
import { requireKnownOptions, resolveOnFailure, type SafeUpdateOptions } from './options.ts';

/** Says what an update would do, or why it would be refused. Sends nothing but Describe. @throws {InvalidInputError} */
export function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  return look(options, false);
}

/** Runs the checks of an update, or of a reconnect where no change is named. @throws {InvalidInputError} */
export function checkStore(options: SafeUpdateOptions): Promise<UpdatePlan> {
  const isBare = Object.keys(options.change ?? {}).length === 0;
  return look(isBare ? { ...options, intent: 'reconnect' } : options, true);
}

async function look(options: SafeUpdateOptions, checksAnyway: boolean): Promise<UpdatePlan> {
  requireKnownOptions(options);
  const vault = createVault();
  const order = await prepareOrder({ ...options, onFailure: resolveOnFailure(options) }, vault);
  const connection = await connect(options);
  const { kms, place } = connection;
  const hasJournal = options.journal !== false;
  const account = options.expectAccount === undefined ? place.account : await connection.findAccount();
  const folder = hasJournal ? runsFolder(stateFolder(options.stateDirectory)) : null;
  const checks = createChecks({ order, account }, connection, vault, options, folder);
  const guards = { journal: hasJournal ? 'file' : 'memory', lock: 'user' } as const;
  return logRequests(connection, options.logger, () =>
    plan({ kms, checks, guards, checksAnyway }, options.customKeyStoreId, place, order, options.signal),
  );
}
