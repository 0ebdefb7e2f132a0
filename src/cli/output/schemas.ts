/**
 * What standard output holds with `--output json`, by command, and standard error with `--progress json`. The published
 * JSON Schemas are made from these types: a member that is added here is in them.
 */

import type { JournalLine } from '../../disk/journal/format.ts';
import type { CheckFinding } from '../../domain/checks.ts';
import type { Reason } from '../../domain/failure.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import type { RunResult } from '../../domain/outcome.ts';
import type { Risk } from '../../domain/policy.ts';
import type { CanaryResult } from '../../library/canaries.ts';
import type { CanaryKeyResult } from '../../library/canary-key.ts';
import type { DoctorResult } from '../../library/doctor.ts';
import type { ImpactResult } from '../../library/impact.ts';
import type { KnownRun } from '../../library/known-runs.ts';
import type { LongOutage } from '../../library/outages.ts';
import type { ProgressEvent } from '../../ports/progress.ts';
import type { UpdatePlan } from '../../run/plan-update.ts';
import type { ShownReason } from './render/reason.ts';
import type { ShownRun } from './render/runs.ts';
import type { Unfinished } from './unfinished.ts';

export type { SavedPlan } from '../../library/saved-plan.ts';
/** A line of standard error with `--progress json`. */
export type ProgressLine = ProgressEvent | ErrorLine | WarningLine;

/** Why a command ended without what it was asked for. */
export interface ErrorLine extends ShownReason {
  readonly type: 'error';
}

/** What does not end a command. */
export interface WarningLine {
  readonly type: 'warning';
  readonly message: string;
}
export type { RunReport } from '../../report/model.ts';

/** The input is wrong, a journal cannot be read or kept, or there is a bug. */
export interface Failed {
  readonly outcome: null;
  readonly reason: ShownReason;
}

/** `cks update`, `apply`, `reconnect`, `resume` and `rollback`. A resume may only end the hold of another process. */
export type ResultOutput = RunResult | Unfinished | StopResult | Failed;

/** `cks plan`. */
export type PlanOutput = UpdatePlan | Failed;

/** `cks check`. */
export type CheckOutput = CheckResult | Unfinished | Failed;

export interface CheckResult {
  readonly store: KeyStore | null;
  /** What only a run can find out. */
  readonly runOnlyChecks: readonly string[];
  readonly verdict: UpdatePlan['verdict'];
  readonly checks: readonly CheckFinding[];
  /** Risks that would still have to be accepted. */
  readonly missing: readonly Risk[];
  readonly reason?: Reason;
  /** The command that deletes the trial store, where a trial connect had to leave it. */
  readonly nextCommands?: readonly string[];
}

/** `cks describe`. */
export type DescribeOutput = DescribedStores | Failed;

export interface DescribedStores {
  readonly region: string;
  /** `unknown` if it is not known. */
  readonly account: string;
  readonly stores: readonly KeyStore[];
  readonly reason?: Reason;
}

/** `cks runs`: the list, one of them, or what was removed. */
export type RunsOutput = RunList | RunRecords | RemovedRuns | OfflineStores | Failed;

export interface RunList {
  /** The latest first. */
  readonly runs: readonly ShownRun[];
  /** Where a lock table is named: the runs of all machines that it knows of. */
  readonly inLockTable?: readonly KnownRun[];
  /** Where a lock table is named: why items of it cannot be read. */
  readonly tableProblems?: readonly string[];
  /** Journals that cannot be read. */
  readonly problems: readonly { readonly runId: string; readonly problem: string }[];
}

export interface RunRecords {
  readonly runId: string;
  /** The lines of the journal as they are, with instants in milliseconds since 1970. */
  readonly records: readonly JournalLine[];
}

export interface RemovedRuns {
  readonly removed: readonly string[];
}

/** `cks runs check --max-offline`. */
export interface OfflineStores {
  readonly maxOfflineMs: number;
  /** Stores that runs have offline for longer; the longest first. */
  readonly offline: readonly LongOutage[];
  /** Why items of the lock table cannot be read: their stores may be offline. */
  readonly tableProblems: readonly string[];
  /** Journals that cannot be read: the state of their stores is not known. */
  readonly problems: readonly { readonly runId: string; readonly problem: string }[];
}

/** `cks stop`. */
export type StopOutput = StopResult | Failed;

export interface StopResult {
  readonly runId: string;
  /** Whether a run that is at work was asked. */
  readonly isRequested: boolean;
  readonly message: string;
}

/** `cks doctor`. */
export type DoctorOutput = DoctorResult | Failed;

/** `cks impact`. */
export type ImpactOutput = ImpactResult | Failed;

/** `cks canary create`, `cks canary check` and `cks canary key create`. */
export type CanaryOutput = CanaryResult | CanaryKeyResult | Failed;
