/** How a run ended: the seven outcomes, their exit codes, and the result object that every caller gets. */
import type { CheckFinding } from './checks.ts';
import type { Reason } from './failure.ts';
import type { KeyStore } from './key-store.ts';
import type { PlannedChange } from './plan.ts';
import type { Proof } from './proof.ts';

export const outcomes = {
  updated: { exitCode: 0, meaning: 'settings verified, and the connection state is as wanted' },
  unchanged: { exitCode: 0, meaning: 'settings and state were as wanted, or were only rehearsed' },
  refused: { exitCode: 3, meaning: 'stopped before anything changed' },
  rolledBack: { exitCode: 4, meaning: 'something failed; the old settings are in force again' },
  stranded: { exitCode: 5, meaning: 'needs the operator' },
  unsettled: { exitCode: 6, meaning: 'KMS is still CONNECTING or DISCONNECTING at the deadline' },
  cancelled: { exitCode: 130, meaning: 'stopped by the operator; the store is as it was found' },
} as const;

export type Outcome = keyof typeof outcomes;

/** Exits that are no outcome. */
export const otherExitCodes = {
  bug: 1,
  wrongInput: 2,
  no: 3,
  unfinished: 7,
  unproven: 8,
  unknown: 9,
  change: 20,
} as const;

/** An update that had to be proven and is not ends with an exit code of its own. */
export function exitCodeOf({ outcome, proof }: Pick<RunResult, 'outcome' | 'proof'>): number {
  const isMissing = outcome === 'updated' && proof.isRequired && proof.status !== 'proven';
  return isMissing ? otherExitCodes.unproven : outcomes[outcome].exitCode;
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
  readonly strikesAt: string;
  /** Its Connect would help: it was left on purpose. False: it could not be taken away. */
  readonly isWanted: boolean;
  /** The command that takes it away. */
  readonly remove: string;
}

/** The result of a run. Secrets appear as "(secret)"; times are ISO 8601, durations milliseconds. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly runId: string;
  /** The earlier run that this one goes on with. */
  readonly takenUp?: string;
  readonly customKeyStoreId: string;
  readonly changes: readonly Omit<PlannedChange, 'note'>[];
  readonly before: KeyStore | null;
  /** As it was last seen. */
  readonly after: KeyStore | null;
  readonly settings: SettingsInForce;
  readonly path: 'live' | 'offline' | 'none';
  /** From our accepted Disconnect to the look that saw CONNECTED; null where it did not come back in this run. */
  readonly offlineMs: number | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly calls: Calls;
  readonly checks: readonly CheckFinding[];
  readonly proof: Proof;
  /** Some KMS hosts may use the old proxy credential until then: keep it valid at the proxy. */
  readonly oldCredentialNeededUntil?: string;
  readonly reason?: Reason;
  /** A dead man's switch that may still connect the store. */
  readonly deadMansSwitch?: LeftSwitch;
  /** `incomplete`: a failing disk did not take all of it. */
  readonly journal?: 'none' | 'complete' | 'incomplete';
  /** Commands that are left to run, in order. */
  readonly remaining?: readonly string[];
}
