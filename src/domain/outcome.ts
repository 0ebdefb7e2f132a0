/** How a run ended: the seven outcomes, their exit codes, and the result object that every caller gets. */
import type { CheckFinding } from './checks.ts';
import type { Reason } from './failure.ts';
import type { Fence, FencedKey } from './fence.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyTest } from './key-test.ts';
import type { KeyVerification } from './key-verification.ts';
import type { PlannedChange } from './plan.ts';

export const outcomes = {
  updated: { exitCode: 0, meaning: 'settings confirmed, and the connection state is as wanted' },
  unchanged: { exitCode: 0, meaning: 'settings and state were as wanted, or were only tried' },
  refused: { exitCode: 3, meaning: 'stopped before anything changed' },
  rolledBack: { exitCode: 4, meaning: 'something failed; the old settings are in force again' },
  stranded: { exitCode: 5, meaning: 'needs the operator' },
  unsettled: { exitCode: 6, meaning: 'KMS is still CONNECTING or DISCONNECTING after the longest wait' },
  cancelled: { exitCode: 130, meaning: 'stopped by the operator; the store is as it was found' },
} as const;

export type Outcome = keyof typeof outcomes;

/** Exits that are no outcome. */
export const otherExitCodes = {
  bug: 1,
  wrongInput: 2,
  no: 3,
  unfinished: 7,
  unverified: 8,
  unknown: 9,
  change: 20,
} as const;

/** What could not be found out about keys, though it could before the change, or should be. */
const incomplete: readonly KeyVerification['status'][] = ['partial', 'inconclusive'];

/** An update after which cks could not verify or test the keys, or not as it was asked to, has an exit code of its own. */
export function exitCodeOf({
  outcome,
  keyVerification,
  keyTest,
}: Pick<RunResult, 'outcome' | 'keyVerification' | 'keyTest'>): number {
  const isShort = keyVerification.isRequired && keyVerification.status !== 'verified';
  const isUnknown = incomplete.includes(keyVerification.status) || keyTest.status === 'unknown';
  return outcome === 'updated' && (isShort || isUnknown) ? otherExitCodes.unverified : outcomes[outcome].exitCode;
}

export type Operation =
  | 'DescribeCustomKeyStores'
  | 'UpdateCustomKeyStore'
  | 'ConnectCustomKeyStore'
  | 'DisconnectCustomKeyStore'
  | 'CreateCustomKeyStore'
  | 'DeleteCustomKeyStore';

/** Of the operations on key stores alone: what checks and proof ask about keys is not counted. */
export type Calls = Readonly<Partial<Record<Operation, number>>>;

export function addCalls(some: Calls, more: Calls): Calls {
  const sum: Partial<Record<Operation, number>> = { ...some };
  for (const [operation, sent] of Object.entries(more) as [Operation, number][])
    sum[operation] = (sum[operation] ?? 0) + sent;
  return sum;
}

export type SettingsInForce = 'old' | 'new' | 'unknown';

/** Which settings an UpdateCustomKeyStore sent last, and whether KMS is known to have them. */
export type Update = 'none' | 'accepted' | 'restored' | 'unclear';

export interface LeftSwitch {
  /** Of EventBridge Scheduler. */
  readonly schedule: string;
  /** ISO 8601. It is gone afterwards. */
  readonly firesAt: string;
  /** Its Connect would help: it was left on purpose. False: it could not be taken away. */
  readonly isWanted: boolean;
  /** The command that takes it away. */
  readonly remove: string;
}

/** A key of the fence, as the run left it. Instants in ISO 8601. */
export interface ReportedKey extends Omit<FencedKey, 'disabledAtMs' | 'enabledAtMs' | 'triedSinceMs' | 'exposure'> {
  readonly disabledAt?: string;
  readonly enabledAt?: string;
  /** When applications could use it, and nothing but its own canary spoke for it. */
  readonly exposure?: { readonly from: string; readonly until: string };
}

/** What the fence did to each key. */
export interface ReportedFence extends Pick<Fence, 'unfenced' | 'hidden'> {
  readonly keys: readonly ReportedKey[];
}

/** The result of a run. Secrets appear as "(secret)"; times are ISO 8601, durations milliseconds. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly runId: string;
  /** The earlier run that this one resumes. */
  readonly resumedFrom?: string;
  readonly customKeyStoreId: string;
  readonly region: string;
  /** 12 digits, or `unknown`. */
  readonly account: string;
  readonly changes: readonly Omit<PlannedChange, 'note'>[];
  readonly before: KeyStore | null;
  /** As it was last seen. */
  readonly after: KeyStore | null;
  readonly settings: SettingsInForce;
  readonly mode: 'live' | 'offline' | 'none';
  /** From an accepted Disconnect to the observation of CONNECTED, summed; null if the store was not CONNECTED again in this run. */
  readonly offlineMs: number | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly calls: Calls;
  readonly checks: readonly CheckFinding[];
  /** Whether the keys are the same: they decrypt ciphertext from before the change. */
  readonly keyVerification: KeyVerification;
  /** Whether keys work now: they encrypt and decrypt anew. */
  readonly keyTest: KeyTest;
  /** Some KMS hosts may use the old proxy credential until then: keep it valid at the proxy. */
  readonly oldCredentialNeededUntil?: string;
  readonly reason?: Reason;
  /** The keys that were disabled for the outage, if any were. */
  readonly fence?: ReportedFence;
  /** A dead man's switch that may still connect the store. */
  readonly deadMansSwitch?: LeftSwitch;
  /** `incomplete`: a failing disk did not take all of it. */
  readonly journal?: 'none' | 'complete' | 'incomplete';
  /** Commands that are left to run, in order. */
  readonly nextCommands?: readonly string[];
}
