/** The verb for three in the morning: looks at a store from every side, uses a few of its keys, and changes nothing. */

import { findEndpoint } from '../aws/endpoints.ts';
import type { CheckFinding } from '../domain/checks.ts';
import { nameSwitch } from '../domain/dead-mans-switch.ts';
import { type Diagnosis, type DisabledKeys, diagnose } from '../domain/diagnosis.ts';
import { toIso } from '../domain/duration.ts';
import type { Reason } from '../domain/failure.ts';
import { enableCommand } from '../domain/fence.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary } from '../domain/key-verification.ts';
import type { ReportedLockOwner } from '../domain/safeguards.ts';
import type { StoreKeyTest } from '../domain/store-key-test.ts';
import type { Where } from '../domain/where.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { testKeys } from '../key-verification/test-keys.ts';
import { KeptCanariesError } from '../ports/key-verifier.ts';
import type { KeyInventory } from '../ports/keys.ts';
import type { Reply } from '../ports/kms.ts';
import { openKept } from './canaries.ts';
import type { SafeUpdateOptions } from './options.ts';
import { checkStore } from './plan-update.ts';
import { listRuns, type RunSummary } from './runs.ts';
import { type Connection, type ConnectionOptions, connect } from './wiring/connection.ts';
import { findWorkers } from './wiring/who-works.ts';

export interface DoctorOptions
  extends ConnectionOptions,
    Pick<
      SafeUpdateOptions,
      'customKeyStoreId' | 'stateDirectory' | 'skipChecks' | 'xksProxyConnectTo' | 'signal' | 'previous'
    > {
  /**
   * Use keys of a CONNECTED store: kept canaries, else one Encrypt and Decrypt with at most three keys. CloudTrail shows it,
   * and it counts as a use of these keys.
   *
   * @default true
   */
  readonly keyTest?: boolean;
}

/** `isWell` is null, and so is `store`, where the store could not be described. */
export interface DoctorResult extends Diagnosis, Where {
  readonly store: KeyStore | null;
  /** Why it could not be described, or the credential that was given is of no use. */
  readonly reason?: Reason;
  /** Keys in the store, and keys of the account that nobody here may look at. Null where they cannot be listed. */
  readonly keys: { readonly inStore: number; readonly hidden: number } | null;
  /** What a use of keys showed. */
  readonly keyTest: StoreKeyTest;
  /** The run that works on the store now; null: none, as far as this machine and the lock table know. */
  readonly atWork: ReportedLockOwner | null;
  /** Since when the store is offline, where a journal or the lock table knows that, and by which run. */
  readonly offline: { readonly since: string; readonly runId: string } | null;
  /** The armed dead man's switch of the store, and when it fires; null: none is known. */
  readonly deadMansSwitch: { readonly name: string; readonly firesAt: string } | null;
  /** Keys that a run has left disabled, as far as the journals of this machine know and KMS does not show otherwise. */
  readonly disabledKeys: readonly KeyLeftDisabled[];
  readonly checks: readonly CheckFinding[];
}

export interface KeyLeftDisabled {
  /** ARN. */
  readonly keyId: string;
  readonly runId: string;
  /** The command that enables it, whatever its key material is. Null: the key source held different keys, so only a resume enables it. */
  readonly enable: string | null;
}

/** What a run would have to think of says nothing of the store as it is. */
const ofRuns: readonly string[] = ['credentials', 'unfinished-runs', 'self-dependency', 'keys'];

/**
 * Says what is wrong with a store and what to do next, as `cks doctor` does. It changes nothing.
 *
 * @throws {InvalidInputError} if an argument is wrong.
 * @example
 * const { isWell, verdict, next } = await diagnoseStore({ customKeyStoreId: 'payments-xks' });
 */
export async function diagnoseStore(options: DoctorOptions): Promise<DoctorResult> {
  const { keyTest: usesKeys = true, ...lookResult } = options;
  const { store, findings, missing, reason, region, account, endpoint } = await checkStore(lookResult);
  const where = { region, account, endpoint };
  if (store === null) return { ...unseen, ...where, ...(reason ? { reason, ...judgeUnseen(reason) } : {}) };
  const connection = await connect(options);
  const listed = await connection.keys.list(store.customKeyStoreId, options.signal);
  const [runs, workers, deadMansSwitch, keyTest] = await Promise.all([
    findRunsOf(store, options),
    findWorkers(store.customKeyStoreId, connection),
    findSwitch(store, connection),
    usesKeys ? useKeys(store, listed, connection, options) : leftOut,
  ]);
  const left = runs.find(({ isUnfinished }) => isUnfinished);
  const disabledKeys = listDisabledKeys(runs, listed, region);
  const checks = findings.filter(({ check }) => !ofRuns.includes(check));
  // Other objections concern a reconnect, which was not requested.
  const useless = reason?.code === 'PREVIOUS_CREDENTIAL_UNKNOWN' ? { reason } : {};
  const diagnosis = diagnose({
    store,
    findings: checks,
    keyTest,
    atWork: workers.atWork,
    unfinished: left ? { runId: left.runId } : workers.left,
    disabled: countByRun(disabledKeys),
    reconnectRisks: missing.filter((risk) => risk !== 'outage'),
    problems: workers.problem === null ? [] : [workers.problem],
  });
  return {
    store,
    ...where,
    ...useless,
    ...diagnosis,
    keys: listed.ok ? { inStore: listed.value.keys.length, hidden: listed.value.hidden } : null,
    keyTest,
    atWork: workers.atWork,
    offline: store.connectionState === 'CONNECTED' ? null : (sinceWhen(runs) ?? workers.offline),
    deadMansSwitch,
    disabledKeys,
    checks,
  };
}

const leftOut: StoreKeyTest = {
  kind: 'none',
  status: 'skipped',
  message: 'its keys were not tested: --no-key-test',
  keys: [],
};

const notUsed: StoreKeyTest = {
  kind: 'none',
  status: 'skipped',
  message: 'its keys were not tested: only a CONNECTED store can use them',
  keys: [],
};

const unseen: Omit<DoctorResult, keyof Where> = {
  store: null,
  isWell: null,
  verdict: 'it could not be described',
  next: ['cks describe'],
  keys: null,
  keyTest: notUsed,
  atWork: null,
  offline: null,
  deadMansSwitch: null,
  disabledKeys: [],
  checks: [],
};

/** That there is no such store is an answer; anything else says nothing of it. */
function judgeUnseen({ code }: Reason): Pick<DoctorResult, 'isWell'> {
  return { isWell: code === 'STORE_NOT_FOUND' ? false : null };
}

/** A state that this version does not know may be one in which keys work. */
async function useKeys(
  store: KeyStore,
  listed: Reply<KeyInventory>,
  connection: Connection,
  { stateDirectory, signal = new AbortController().signal }: DoctorOptions,
): Promise<StoreKeyTest> {
  if (['DISCONNECTED', 'DISCONNECTING', 'CONNECTING', 'FAILED'].includes(store.connectionState)) return notUsed;
  const place = { ...connection.place, account: await connection.findAccount() };
  const canaries = await openKept(connection, place, stateDirectory)
    .read(store.customKeyStoreId)
    .catch(noneWhereUnreadable);
  return testKeys(connection.keys, { store, canaries, listed, nowMs: systemClock.now(), signal });
}

function noneWhereUnreadable(error: unknown): readonly Canary[] {
  if (error instanceof KeptCanariesError) return [];
  throw error;
}

/** Null also where this identity may not read schedules: most identities that run the doctor may not, and use no switch. */
async function findSwitch(
  { customKeyStoreId }: KeyStore,
  { scheduler }: Connection,
): Promise<DoctorResult['deadMansSwitch']> {
  const name = nameSwitch(customKeyStoreId);
  const found = await scheduler.find(name);
  return found.ok && found.value !== null ? { name, firesAt: toIso(found.value.atMs) } : null;
}

/** The latest first, of this store at this endpoint. A folder that cannot be read knows of none. */
async function findRunsOf(
  { customKeyStoreId }: KeyStore,
  { stateDirectory, ...terms }: DoctorOptions,
): Promise<readonly RunSummary[]> {
  const endpoint = await findEndpoint(terms);
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory }).catch(() => ({ runs: [] }));
  return runs.filter((run) => run.customKeyStoreId === customKeyStoreId && run.endpoint === endpoint);
}

/** While the store is not CONNECTED, KMS shows no key as Disabled: then the journals decide. */
function listDisabledKeys(
  runs: readonly RunSummary[],
  listed: Reply<KeyInventory>,
  region: string,
): readonly KeyLeftDisabled[] {
  const shown = listed.ok ? new Map(listed.value.keys.map(({ arn, keyState }) => [arn, keyState])) : undefined;
  const mayBeDisabled = (keyId: string) =>
    shown === undefined || /^(Disabled|Unavailable)$/.test(shown.get(keyId) ?? '');
  return runs.flatMap(({ runId, disabledKeys, fencedKeys }) =>
    fencedKeys
      .filter(({ keyId }) => disabledKeys.includes(keyId) && mayBeDisabled(keyId))
      .map((key) => ({ keyId: key.keyId, runId, enable: enableCommand(key, region) })),
  );
}

/** The latest run first: it knows of what earlier ones have left. */
function countByRun(keys: readonly KeyLeftDisabled[]): DisabledKeys | null {
  const [first] = keys;
  if (first === undefined) return null;
  return { runId: first.runId, keys: keys.flatMap(({ runId, keyId }) => (runId === first.runId ? [keyId] : [])) };
}

function sinceWhen([latest]: readonly RunSummary[]): DoctorResult['offline'] {
  if (latest === undefined || latest.offlineSince === null) return null;
  return { since: latest.offlineSince, runId: latest.runId };
}
