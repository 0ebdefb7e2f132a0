/** The checks of every run and every plan: our own first, then the caller's. */
import { createAccountCheck } from '../checks/account.ts';
import { createCredentialsCheck } from '../checks/credentials.ts';
import { createKeysCheck } from '../checks/keys.ts';
import { createUnfinishedRunsCheck } from '../checks/unfinished-runs.ts';
import type { Order } from '../domain/plan.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { listJournals } from '../journal/shelf.ts';
import type { Check } from '../ports/checks.ts';
import type { Connection } from './connection.ts';
import type { RunOptions } from './options.ts';

interface Checked {
  readonly order: Order;
  readonly account: string;
  /** The run that checks, and the one that it goes on with: they are not in each other's way. */
  readonly runId?: string;
  readonly takenUp?: { readonly runId: string };
}

/** `folder`: where runs are journaled; null where the caller wants none. */
export function createChecks(
  { order, account, runId, takenUp }: Checked,
  { endpoint, keys, readCredentialsLife }: Pick<Connection, 'endpoint' | 'keys' | 'readCredentialsLife'>,
  { checks = [], expectAccount }: Pick<RunOptions, 'checks' | 'expectAccount'>,
  folder: string | null,
): readonly Check[] {
  const own = [runId, takenUp?.runId].filter((id) => id !== undefined);
  return [
    createKeysCheck(keys, systemClock),
    ...(expectAccount === undefined ? [] : [createAccountCheck(expectAccount, account)]),
    createCredentialsCheck(readCredentialsLife, order.policy, systemClock),
    ...(folder === null ? [] : [createUnfinishedRunsCheck(() => listRunsAt(folder, endpoint), own)]),
    ...checks,
  ];
}

/** At the same endpoint: the stores of a simulator are others, whatever their ids. */
async function listRunsAt(folder: string, endpoint: string | undefined) {
  const listed = await listJournals(folder).catch(() => []);
  return listed.flatMap((run) => ('digest' in run && run.digest.endpoint === endpoint ? [run.digest] : []));
}
