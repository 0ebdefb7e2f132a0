/** A run as a report tells it: facts from its journal, in order. Everything is JSON with instants in ISO 8601, and no secret is in it. */

import type { Who } from '../disk/journal/format.ts';
import type { CheckFinding } from '../domain/checks.ts';
import type { Reason } from '../domain/failure.ts';
import type { ConnectionState } from '../domain/key-store.ts';
import type { KeyTest } from '../domain/key-test.ts';
import type { KeyVerification } from '../domain/key-verification.ts';
import type { Operation, Outcome, ReportedFence } from '../domain/outcome.ts';
import type { Plan, PlannedChange } from '../domain/plan.ts';
import type { Risk } from '../domain/policy.ts';

export interface RunReport {
  readonly runId: string;
  /** Of the package that carried it. */
  readonly version: string;
  /** The run that it resumes. */
  readonly resumedFrom: string | null;
  readonly who: Who;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string | null;
  readonly store: { readonly id: string; readonly name: string; readonly type: string } | null;
  readonly startedAt: string;
  /** Of the last record. */
  readonly lastAt: string;
  readonly hasEnded: boolean;
  /** Null while it is unfinished, and where it ended without one. */
  readonly outcome: Outcome | null;
  /** Which settings are in force; null while that is not known. */
  readonly settings: string | null;
  readonly changes: readonly Omit<PlannedChange, 'note'>[];
  /** Null where this version cannot tell what another one has planned. */
  readonly plan: Pick<Plan, 'mode' | 'wantedState' | 'holdsOffline' | 'risks'> | null;
  readonly modeUsed: string | null;
  /** Risks that were accepted, by option or at the terminal. */
  readonly accepted: readonly Risk[];
  readonly states: readonly StateSpan[];
  readonly outages: readonly Span[];
  readonly calls: readonly ReportedCall[];
  /** Those to the trial store of its trial connect. */
  readonly trialStoreCalls: readonly ReportedCall[];
  /** How often DescribeCustomKeyStores was sent; looks are counted, not kept one by one. */
  readonly looks: number;
  readonly checks: readonly CheckFinding[];
  readonly keyVerification: KeyVerification | null;
  /** Null in the journal of an older version, and where no key was tested yet. */
  readonly keyTest: KeyTest | null;
  /** What the fence did to each key; null: the run had none. */
  readonly fence: ReportedFence | null;
  readonly oldCredentialNeededUntil: string | null;
  readonly reason: Reason | null;
  readonly nextCommands: readonly string[];
  readonly course: readonly { readonly at: string; readonly text: string }[];
}

/** `until`: null where it was not seen to end. */
export interface Span {
  readonly from: string;
  readonly until: string | null;
}

/** From the look that first saw a state to the one that saw another. */
export interface StateSpan extends Span {
  readonly state: ConnectionState;
  readonly errorCode?: string;
}

/** A call that changes the store. */
export interface ReportedCall {
  readonly operation: Exclude<Operation, 'DescribeCustomKeyStores'> | string;
  readonly at: string;
  /** Until the answer was kept; null where there is none, or another process has found out what came of it. */
  readonly tookMs: number | null;
  /** `accepted`, `refused` and so on; null where the journal has no answer. */
  readonly answer: string | null;
  /** Of the error, where it was not accepted. */
  readonly code: string | null;
  readonly requestId: string | null;
}
