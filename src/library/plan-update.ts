/** The verb that plans. It stands alone, so that a plan does not load the machine. */

import { runsFolder, stateFolder } from '../journal/folders.ts';
import { planUpdate as plan, type UpdatePlan } from '../run/plan-update.ts';
import { prepareOrder } from '../run/prepare.ts';
import { createVault } from '../secrets/vault.ts';
import { createChecks } from './checks.ts';
import { connect, logRequests } from './connection.ts';
import { requireKnownOptions, resolveOnFailure, type SafeUpdateOptions } from './options.ts';

/** Says what an update would do, or why it would be refused. Only looks. @throws {InvalidInputError} */
export async function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  requireKnownOptions(options);
  const order = await prepareOrder({ ...options, onFailure: resolveOnFailure(options) }, createVault());
  const connection = await connect(options);
  const { kms, place } = connection;
  const hasJournal = options.journal !== false;
  const account = options.expectAccount === undefined ? place.account : await connection.findAccount();
  const folder = hasJournal ? runsFolder(stateFolder(options.stateDirectory)) : null;
  const checks = createChecks({ order, account }, connection, options, folder);
  const guards = { journal: hasJournal ? 'file' : 'memory', lock: 'user' } as const;
  return logRequests(connection, options.logger, () =>
    plan({ kms, checks, guards }, options.customKeyStoreId, place, order, options.signal),
  );
}
