/** The verb for three in the morning: looks at a store from every side, uses a few of its keys, and changes nothing. */

import { findEndpoint } from '../aws/endpoints.ts';
import type { CheckFinding } from '../domain/checks.ts';
import { nameSwitch } from '../domain/dead-mans-switch.ts';
import {
  type Diagnosis,
  type DisabledKeys,
  diagnose,
  type EnabledKeys,
  type OpenRun,
  type Symptoms,
} from '../domain/diagnosis.ts';
import { toIso } from '../domain/duration.ts';
import type { Reason } from '../domain/failure.ts';
import { canaryAlias, enableCommand } from '../domain/fence.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { ReportedLockOwner } from '../domain/safeguards.ts';
import type { StoreKeyTest } from '../domain/store-key-test.ts';
import type { Where } from '../domain/where.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { type OlderCanary, testKeys } from '../key-verification/test-keys.ts';
import { type KeptCanaries, KeptCanariesError } from '../ports/key-verifier.ts';
import type { KeyInventory, Keys } from '../ports/keys.ts';
import type { Reply } from '../ports/kms.ts';
import { openKept } from './canaries.ts';
import type { SafeUpdateOptions } from './options.ts';
import { checkStore } from './plan-update.ts';
import type { RunSummary } from './runs.ts';
import { type Connection, type ConnectionOptions, connect } from './wiring/connection.ts';
import { findRunsOf, listOpenRuns, readCanariesOf } from './wiring/open-run.ts';
import { findWorkers } from './wiring/who-works.ts';

export interface DoctorOptions
  extends ConnectionOptions,
    Pick<
      SafeUpdateOptions,
      'customKeyStoreId' | 'stateDirectory' | 'skipChecks' | 'xksProxyConnectTo' | 'signal' | 'previous'
    > {
  /**
   * Use keys of a CONNECTED store: canaries from before a run that did not end well, kept canaries, and one Encrypt and Decrypt
   * with other keys, up to three. CloudTrail shows it, and it counts as a use of these keys.
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
  /** Keys in the store, and keys of the account that this identity may not describe. Null if they cannot be listed. */
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
  /** Keys that a run has left disabled, and that another principal enabled since without a test. */
  readonly enabledKeys: readonly KeyEnabledMeanwhile[];
  /** The latest run on the store that did not end well, or not at all; null: none is known. */
  readonly openRun: OpenRun | null;
  /** Why evidence on this machine cannot be read: a journal that may be of this store, or its kept canaries. */
  readonly unreadable: readonly string[];
  readonly checks: readonly CheckFinding[];
}

export interface KeyEnabledMeanwhile {
  /** ARN. */
  readonly keyId: string;
  readonly runId: string;
  /** A canary from before the run decrypted now. */
  readonly isVerified: boolean;
}

export interface KeyLeftDisabled {
  /** ARN. */
  readonly keyId: string;
  readonly runId: string;
  /** The command that enables it, whatever its key material is. Null: the key source held different keys, or the run did not end: only a resume enables it. */
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
  const listed = await connection.keys.listNow(store.customKeyStoreId, options.signal);
  const { signal = new AbortController().signal } = options;
  const [found, workers, deadMansSwitch] = await Promise.all([
    findRunsOf(store.customKeyStoreId, await findEndpoint(options), options.stateDirectory),
    findWorkers(store.customKeyStoreId, connection),
    findSwitch(store, connection),
  ]);
  const { runs } = found;
  const { atWork } = workers;
  const evidence = await readEvidence(store, runs, connection, options);
  const keyTest = usesKeys ? await useKeys(store, listed, evidence.canaries, connection, signal) : leftOut;
  const left = runs.find(({ isUnfinished }) => isUnfinished);
  // The run at work enables its keys itself.
  const disabledKeys = atWork === null ? listDisabledKeys(runs, listed, region) : [];
  const enabled = atWork === null ? listEnabledKeys(runs, listed, keyTest) : [];
  const [openRun = null] = evidence.openRuns;
  const unreadable = [...found.problems, ...evidence.problems];
  const checks = findings.filter(({ check }) => !ofRuns.includes(check));
  // Other objections concern a reconnect, which was not requested.
  const useless = reason?.code === 'PREVIOUS_CREDENTIAL_UNKNOWN' ? { reason } : {};
  const diagnosis = diagnose({
    store,
    findings: checks,
    keyTest,
    atWork,
    unfinished: left ? { runId: left.runId } : workers.left,
    disabled: countByRun(disabledKeys),
    enabledMeanwhile: countEnabled(enabled),
    openRun,
    openRunCanaries: judgeCanariesOfRuns(evidence.canaries, keyTest),
    reconnectRisks: missing.filter((risk) => risk !== 'outage'),
    problems: workers.problem === null ? [] : [workers.problem],
    unreadable,
  });
  return {
    store,
    ...where,
    ...useless,
    ...diagnosis,
    keys: listed.ok ? { inStore: listed.value.keys.length, hidden: listed.value.hidden } : null,
    keyTest,
    atWork,
    offline: store.connectionState === 'CONNECTED' ? null : (sinceWhen(runs) ?? workers.offline),
    deadMansSwitch,
    disabledKeys,
    enabledKeys: enabled.map(({ isWithheld: _, ...key }) => key),
    openRun,
    unreadable,
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
  enabledKeys: [],
  openRun: null,
  unreadable: [],
  checks: [],
};

/** That there is no such store is an answer; anything else says nothing of it. */
function judgeUnseen({ code }: Reason): Pick<DoctorResult, 'isWell'> {
  return { isWell: code === 'STORE_NOT_FOUND' ? false : null };
}

interface Evidence {
  readonly openRuns: readonly OpenRun[];
  /** Those of runs first. */
  readonly canaries: readonly OlderCanary[];
  readonly problems: readonly string[];
}

/** What was encrypted before: by runs that did not end well, before their change, and by `cks canary create`. */
async function readEvidence(
  { customKeyStoreId }: KeyStore,
  runs: readonly RunSummary[],
  connection: Connection,
  { stateDirectory }: DoctorOptions,
): Promise<Evidence> {
  const openRuns = listOpenRuns(runs);
  const place = { ...connection.place, account: await connection.findAccount() };
  const [ofRuns, kept] = await Promise.all([
    readCanariesOf(openRuns, stateDirectory),
    readKept(openKept(connection, place, stateDirectory), customKeyStoreId),
  ]);
  // A run has the kept canaries in its journal too.
  const isOther = ({ ciphertext }: OlderCanary) => !ofRuns.some((one) => one.ciphertext === ciphertext);
  return { openRuns, canaries: [...ofRuns, ...kept.canaries.filter(isOther)], problems: kept.problems };
}

async function readKept(kept: KeptCanaries, customKeyStoreId: string): Promise<Omit<Evidence, 'openRuns'>> {
  try {
    return { canaries: await kept.read(customKeyStoreId), problems: [] };
  } catch (error) {
    if (!(error instanceof KeptCanariesError)) throw error;
    return { canaries: [], problems: [error.message] };
  }
}

/** A state that this version does not know may be one in which keys work. */
async function useKeys(
  store: KeyStore,
  listed: Reply<KeyInventory>,
  canaries: readonly OlderCanary[],
  { keys }: Connection,
  signal: AbortSignal,
): Promise<StoreKeyTest> {
  if (['DISCONNECTED', 'DISCONNECTING', 'CONNECTING', 'FAILED'].includes(store.connectionState)) return notUsed;
  const canaryKeyId = await findCanaryKey(keys, store, listed, signal);
  const about = canaryKeyId === undefined ? {} : { canaryKeyId };
  return testKeys(keys, {
    store,
    canaries: dropUseless(canaries, listed),
    listed,
    ...about,
    nowMs: systemClock.now(),
    signal,
  });
}

/** Undefined also where this identity may not list aliases: then keys that applications use are tested beside it. */
async function findCanaryKey(
  keys: Keys,
  { customKeyStoreId }: KeyStore,
  listed: Reply<KeyInventory>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!listed.ok || listed.value.keys.length < 2) return undefined;
  const aliases = await keys.listAliases(signal);
  const alias = aliases.ok ? aliases.value.find(({ name }) => name === canaryAlias(customKeyStoreId)) : undefined;
  return listed.value.keys.find(({ keyId }) => keyId === alias?.keyId)?.arn;
}

/** Without those of keys that no setting of the store makes usable: disabled, pending deletion, or gone. */
function dropUseless(canaries: readonly OlderCanary[], listed: Reply<KeyInventory>): readonly OlderCanary[] {
  if (!listed.ok) return canaries;
  const { keys, hidden } = listed.value;
  return canaries.filter(({ keyId }) => {
    const key = keys.find(({ arn }) => arn === keyId);
    return key === undefined ? hidden > 0 : key.keyState === 'Enabled' || key.keyState === 'Unavailable';
  });
}

/** Of a key with canaries of several origins, one result stands for all. One that failed fails the whole test. */
function judgeCanariesOfRuns(
  canaries: readonly OlderCanary[],
  { keys, status }: StoreKeyTest,
): Symptoms['openRunCanaries'] {
  const ofRuns = new Set(canaries.flatMap(({ keyId, runId }) => (runId === undefined ? [] : [keyId])));
  if (status === 'skipped' || status === 'failed' || ofRuns.size === 0) return 'none';
  const hasDecrypted = ({ keyId, result, encryptedAt }: StoreKeyTest['keys'][number]) =>
    ofRuns.has(keyId) && result === 'works' && encryptedAt !== undefined;
  return keys.some(hasDecrypted) ? 'decrypted' : 'noAnswer';
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

/** While the store is not CONNECTED, KMS shows no key as Disabled: then the journals decide. */
function listDisabledKeys(
  runs: readonly RunSummary[],
  listed: Reply<KeyInventory>,
  region: string,
): readonly KeyLeftDisabled[] {
  const shown = listed.ok ? new Map(listed.value.keys.map(({ arn, keyState }) => [arn, keyState])) : undefined;
  const mayBeDisabled = (keyId: string) =>
    shown === undefined || /^(Disabled|Unavailable)$/.test(shown.get(keyId) ?? '');
  return runs.flatMap(({ runId, disabledKeys, fencedKeys, hasEnded }) =>
    fencedKeys
      .filter(({ keyId }) => disabledKeys.includes(keyId) && mayBeDisabled(keyId))
      .map((key) => ({ keyId: key.keyId, runId, enable: hasEnded ? enableCommand(key, region) : null })),
  );
}

interface EnabledKey extends KeyEnabledMeanwhile {
  readonly isWithheld: boolean;
}

/** Enabled is no evidence: the run that disabled them has not verified them. */
function listEnabledKeys(
  runs: readonly RunSummary[],
  listed: Reply<KeyInventory>,
  { keys }: StoreKeyTest,
): readonly EnabledKey[] {
  if (!listed.ok) return [];
  const enabled = new Set(listed.value.keys.filter(({ keyState }) => keyState === 'Enabled').map(({ arn }) => arn));
  const isVerified = (keyId: string) =>
    keys.some((key) => key.keyId === keyId && key.result === 'works' && key.encryptedAt !== undefined);
  return runs.flatMap(({ runId, disabledKeys, fencedKeys }) =>
    fencedKeys
      .filter(({ keyId }) => disabledKeys.includes(keyId) && enabled.has(keyId))
      .map(({ keyId, state }) => ({ keyId, runId, isVerified: isVerified(keyId), isWithheld: state === 'withheld' })),
  );
}

function countEnabled(all: readonly EnabledKey[]): EnabledKeys | null {
  const [first] = all;
  if (first === undefined) return null;
  const keys = all.filter(({ runId }) => runId === first.runId);
  return {
    runId: first.runId,
    keys: keys.map(({ keyId }) => keyId),
    unverified: keys.flatMap(({ keyId, isVerified }) => (isVerified ? [] : [keyId])),
    isWithheld: keys.some(({ isVerified, isWithheld }) => isWithheld && !isVerified),
  };
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
