/** The checks of every run and every plan: our own first, then the caller's. */

import { explainTable, type Table } from '../aws/dynamodb/table.ts';
import { readLeft } from '../aws/dynamodb/table-lock.ts';
import { createAccountCheck } from '../checks/account.ts';
import { createCredentialsCheck } from '../checks/credentials.ts';
import { createKmsuserLoginsCheck } from '../checks/kmsuser-logins.ts';
import { createLeftClusterCheck } from '../checks/left-cluster.ts';
import { createPermissionsCheck } from '../checks/permissions.ts';
import { createQuietCheck } from '../checks/quiet.ts';
import type { BuiltInCheck } from '../checks/rights.ts';
import { createSelfDependencyCheck } from '../checks/self-dependency.ts';
import { createUnfinishedRunsCheck, type EarlierRuns } from '../checks/unfinished-runs.ts';
import { warnWithoutOutage } from '../checks/without-outage.ts';
import { listJournals, mayName } from '../disk/journal/shelf.ts';
import type { Place } from '../disk/locks/names.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import { systemClock } from '../hosts/system-clock.ts';
import type { Check } from '../ports/checks.ts';
import type { KeptLogins } from '../ports/logins.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { RunOptions } from './options.ts';
import type { Connection } from './wiring/connection.ts';
import { locate } from './wiring/locate.ts';
import { findRunning } from './wiring/locks.ts';
import { type AskedByStoreChecks, createStoreChecks } from './wiring/store-checks.ts';
import { listSupports } from './wiring/supports.ts';

interface Checked {
  readonly request: UpdateRequest;
  readonly account: string;
  /** The run that checks, and the one that it continues: neither counts as another run. */
  readonly runId?: string;
  readonly resumedFrom?: { readonly runId: string };
  /** The ARN of the durable execution that carries the run. */
  readonly execution?: string;
}

/** Those parts of a connection that checks ask. */
export type AskedByChecks = AskedByStoreChecks &
  Pick<Connection, 'place' | 'endpoint' | 'lockTable' | 'encryption' | 'readCredentialsLife'> & {
    readonly logins: Pick<KeptLogins, 'findProblem'>;
  };

/** `folder`: where runs are journaled; null where the caller wants none. */
export function createChecks(
  { request, account, runId, resumedFrom, execution }: Checked,
  connection: AskedByChecks,
  secrets: Secrets,
  options: RunOptions,
  folder: string | null,
): readonly Check[] {
  const { kms, keys, metrics, clock = systemClock, place, endpoint, lockTable, readCredentialsLife } = connection;
  // A Lambda function cannot wait for long.
  const mayWait = runId !== undefined && execution === undefined;
  const { checks = [], expectAccount } = options;
  const supports = listSupports(request, options, connection, execution);
  const own = [runId, resumedFrom?.runId].filter((id) => id !== undefined);
  const builtIn: readonly BuiltInCheck[] = [
    ...(expectAccount === undefined ? [] : [createAccountCheck(expectAccount, account)]),
    createCredentialsCheck(readCredentialsLife, request.policy, systemClock),
    ...(folder === null && lockTable === null ? [] : [createUnfinishedRunsCheck(listEarlier, own)]),
    ...(folder === null ? [] : [warnWithoutOutage(createLeftClusterCheck(listEarlier, own))]),
    ...(runId === undefined
      ? []
      : [createPermissionsCheck(kms, runId, request.policy, options.approver?.mayAccept === true)]),
    warnWithoutOutage(createSelfDependencyCheck(supports, keys, { ...place, account })),
    warnWithoutOutage(createQuietCheck({ keys, metrics, clock }, request.policy, mayWait)),
    createKmsuserLoginsCheck(connection.logins.findProblem),
    ...createStoreChecks(request, { ...place, account }, connection, secrets, options),
  ];
  return [...builtIn, ...checks];

  /** Those of this machine, by their journals, and those of others, by the table; a journal knows more of its run. */
  async function listEarlier(customKeyStoreId: string): Promise<EarlierRuns> {
    const here = folder === null ? noRuns : await listRunsOn(customKeyStoreId, folder, endpoint);
    if (lockTable === null) return here;
    const where = locate({ ...place, account }, endpoint);
    const left = await listLeft(lockTable, where, customKeyStoreId);
    const known = new Set(here.runs.map(({ runId }) => runId));
    return {
      runs: [...here.runs, ...left.runs.filter(({ runId }) => !known.has(runId))],
      problems: [...here.problems, ...left.problems],
    };
  }
}

const noRuns: EarlierRuns = { runs: [], problems: [] };

async function listLeft(table: Table, place: Place, customKeyStoreId: string): Promise<EarlierRuns> {
  const left = await readLeft(table, place, customKeyStoreId);
  if (!left.ok) return { runs: [], problems: [explainTable(table.name, left.failure)] };
  const runs = left.value.map(({ runId, sinceMs, host }) => ({
    runId,
    startedAtMs: sinceMs,
    customKeyStoreId,
    hasWritten: true,
    mayLeaveStore: false,
    hasEnded: false,
    outcome: null,
    resumedFrom: null,
    ...(host === undefined ? {} : { host }),
  }));
  return { runs, problems: [] };
}

/** At the same endpoint: the stores of a simulator are others, whatever their ids. */
async function listRunsOn(
  customKeyStoreId: string,
  folder: string,
  endpoint: string | undefined,
): Promise<EarlierRuns> {
  const listed = await listJournals(folder);
  const digests = listed.flatMap((run) => ('digest' in run && run.digest.endpoint === endpoint ? [run.digest] : []));
  const runs = await Promise.all(
    digests.map(async (run) => ({ ...run, running: run.hasEnded ? null : await findRunning(folder, run.runId) })),
  );
  const problems: string[] = [];
  for (const run of listed) {
    if ('problem' in run && (await mayName(customKeyStoreId, folder, run.runId))) problems.push(run.problem.message);
  }
  return { runs, problems };
}
