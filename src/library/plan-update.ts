/** The verb that plans. It stands alone, so that a plan does not load the machine. */
import { planUpdate as plan, type UpdatePlan } from '../run/plan-update.ts';
import { prepareOrder } from '../run/prepare.ts';
import { createVault } from '../secrets/vault.ts';
import { connect, logRequests } from './connection.ts';
import type { SafeUpdateOptions } from './safe-update.ts';

const guards = { journal: 'memory', lock: 'none' } as const;

/** Says what an update would do, or why it would be refused. Sends nothing but Describe. @throws {InvalidInputError} */
export async function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  const order = await prepareOrder(options, createVault());
  const connection = await connect(options);
  const { kms, place } = connection;
  return logRequests(connection, options.logger, () =>
    plan({ kms, checks: options.checks ?? [], guards }, options.customKeyStoreId, place, order, options.signal),
  );
}
