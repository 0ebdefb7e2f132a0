/** The checks of every run and every plan: our own first, then the caller's. */
import { createAccountCheck } from '../checks/account.ts';
import { createCredentialsCheck } from '../checks/credentials.ts';
import { createPermissionsCheck } from '../checks/permissions.ts';
import { createUnfinishedRunsCheck } from '../checks/unfinished-runs.ts';
import type { Order } from '../domain/plan.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { listJournals, mayName } from '../journal/shelf.ts';
import type { Check } from '../ports/checks.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Connection } from './connection.ts';
import type { RunOptions } from './options.ts';
import { type AskedByStoreChecks, createStoreChecks } from './store-checks.ts';

interface Checked {
  readonly order: Order;
  readonly account: string;
  /** The run that checks, and the one that it goes on with: they are not in each other's way. */
  readonly runId?: string;
  readonly takenUp?: { readonly runId: string };
}

/** Those parts of a connection that checks ask. */
export type AskedByChecks = AskedByStoreChecks & Pick<Connection, 'place' | 'endpoint' | 'readCredentialsLife'>;

/** `folder`: where runs are journaled; null where the caller wants none. */
export function createChecks(
  { order, account, runId, takenUp }: Checked,
  connection: AskedByChecks,
  secrets: Secrets,
  options: RunOptions,
  folder: string | null,
): readonly Check[] {
  const { kms, place, endpoint, readCredentialsLife } = connection;
  const { checks = [], expectAccount } = options;
  const own = [runId, takenUp?.runId].filter((id) => id !== undefined);
  return [
    ...(expectAccount === undefined ? [] : [createAccountCheck(expectAccount, account)]),
    createCredentialsCheck(readCredentialsLife, order.policy, systemClock),
    ...(folder === null ? [] : [createUnfinishedRunsCheck((store) => listRunsOn(store, folder, endpoint), own)]),
    ...(runId === undefined ? [] : [createPermissionsCheck(kms, runId, order.policy)]),
    ...createStoreChecks(order, { ...place, account }, connection, secrets, options),
    ...checks,
  ];
}

/** At the same endpoint: the stores of a simulator are others, whatever their ids. */
async function listRunsOn(customKeyStoreId: string, folder: string, endpoint: string | undefined) {
  const listed = await listJournals(folder);
  const runs = listed.flatMap((run) => ('digest' in run && run.digest.endpoint === endpoint ? [run.digest] : []));
  const problems: string[] = [];
  for (const run of listed) {
    if ('problem' in run && (await mayName(customKeyStoreId, folder, run.runId))) problems.push(run.problem.message);
  }
  return { runs, problems };
}
