/** The verb for three in the morning: looks at a store from every side, and changes nothing. */
import type { CheckFinding } from '../domain/checks.ts';
import { type Diagnosis, diagnose } from '../domain/diagnosis.ts';
import type { Reason } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { type ConnectionOptions, connect, findEndpoint } from './connection.ts';
import type { SafeUpdateOptions } from './options.ts';
import { checkStore } from './plan-update.ts';
import { listRuns, type RunSummary } from './runs.ts';

export interface DoctorOptions
  extends ConnectionOptions,
    Pick<
      SafeUpdateOptions,
      'customKeyStoreId' | 'stateDirectory' | 'skipChecks' | 'xksProxyConnectTo' | 'signal' | 'previous'
    > {}

/** `isWell` is false, and `store` null, where it could not be described. */
export interface Examination extends Diagnosis {
  readonly store: KeyStore | null;
  /** Why it could not be described, or the credential that was given is of no use. */
  readonly reason?: Reason;
  /** Keys in the store, and keys of the account that nobody here may look at. Null where they cannot be listed. */
  readonly keys: { readonly inStore: number; readonly hidden: number } | null;
  /** Since when the store is offline, where a journal knows that, and by which run. */
  readonly offline: { readonly since: string; readonly runId: string } | null;
  readonly checks: readonly CheckFinding[];
}

/** What a run would have to think of says nothing of the store as it is. */
const ofRuns: readonly string[] = ['credentials', 'unfinished-runs', 'self-harm', 'keys'];

export async function examineStore(options: DoctorOptions): Promise<Examination> {
  const { store, findings, reason } = await checkStore(options);
  if (store === null) {
    const next = ['cks describe'];
    const verdict = 'it could not be described';
    return {
      store,
      isWell: false,
      verdict,
      next,
      keys: null,
      offline: null,
      checks: [],
      ...(reason ? { reason } : {}),
    };
  }
  const { keys } = await connect(options);
  const listed = await keys.list(store.customKeyStoreId, options.signal);
  const runs = await findRunsOf(store, options);
  const left = runs.find(({ isUnfinished }) => isUnfinished);
  const checks = findings.filter(({ check }) => !ofRuns.includes(check));
  // Other objections are to a reconnect, which nobody asked for.
  const useless = reason?.code === 'PREVIOUS_CREDENTIAL_UNKNOWN' ? { reason } : {};
  return {
    store,
    ...useless,
    ...diagnose({ store, findings: checks, unfinishedRunId: left?.runId ?? null }),
    keys: listed.ok ? { inStore: listed.value.keys.length, hidden: listed.value.hidden } : null,
    offline: store.connectionState === 'CONNECTED' ? null : sinceWhen(runs),
    checks,
  };
}

/** The latest first, of this store at this endpoint. A folder that cannot be read knows of none. */
async function findRunsOf(
  { customKeyStoreId }: KeyStore,
  { stateDirectory, endpoint = findEndpoint() }: DoctorOptions,
): Promise<readonly RunSummary[]> {
  const { runs } = await listRuns(stateDirectory === undefined ? {} : { stateDirectory }).catch(() => ({ runs: [] }));
  return runs.filter((run) => run.customKeyStoreId === customKeyStoreId && run.endpoint === endpoint);
}

function sinceWhen([latest]: readonly RunSummary[]): Examination['offline'] {
  if (latest === undefined || latest.offlineSinceMs === null) return null;
  return { since: new Date(latest.offlineSinceMs).toISOString(), runId: latest.runId };
}
