/**
 * How a run ended, as a line of a log that CloudWatch turns into metrics: `OfflineMs`, and `Runs` by `Outcome`.
 * Source: CloudWatch user guide, "Specification: Embedded metric format".
 */
import type { Outcome, RunResult } from '../domain/outcome.ts';
import type { RunContext } from '../ports/progress.ts';

interface MetricDirective {
  readonly Namespace: string;
  /** Sets of names of members that are dimensions. */
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: 'Milliseconds' | 'Count' }[];
}

/** No secret is in it. */
export interface RunMetrics {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly MetricDirective[] };
  readonly Store: string;
  readonly Account: string;
  readonly Region: string;
  /** `unfinished`: the run broke off before its end. */
  readonly Outcome: Outcome | 'unfinished';
  readonly Runs: 1;
  /** How long the store was offline; absent where it did not come back in this run. */
  readonly OfflineMs?: number;
  readonly runId: string;
  readonly storeName: string | null;
}

const metricsNamespace = 'cks-safe-update';

const ofStore = ['Store', 'Account', 'Region'];

/** Null: not known. */
function findOfflineMs(result: Pick<RunResult, 'offlineMs' | 'mode'> | null): number | null {
  if (result === null) return null;
  return result.mode === 'offline' ? result.offlineMs : 0;
}

/** `result`: null where the run broke off. */
export function makeRunMetrics(
  result: Pick<RunResult, 'outcome' | 'offlineMs' | 'mode'> | null,
  { runId, store, customKeyStoreId, storeName, account, region }: RunContext,
  nowMs: number,
): RunMetrics {
  const offlineMs = findOfflineMs(result);
  const runs = {
    Namespace: metricsNamespace,
    Dimensions: [['Outcome'], [...ofStore, 'Outcome']],
    Metrics: [{ Name: 'Runs', Unit: 'Count' as const }],
  };
  const outage = {
    Namespace: metricsNamespace,
    Dimensions: [ofStore],
    Metrics: [{ Name: 'OfflineMs', Unit: 'Milliseconds' as const }],
  };
  return {
    _aws: { Timestamp: nowMs, CloudWatchMetrics: offlineMs === null ? [runs] : [runs, outage] },
    Store: customKeyStoreId ?? store,
    Account: account,
    Region: region,
    Outcome: result?.outcome ?? 'unfinished',
    Runs: 1,
    ...(offlineMs === null ? {} : { OfflineMs: offlineMs }),
    runId,
    storeName,
  };
}
