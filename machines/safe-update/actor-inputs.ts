/** What each actor is asked. Everything is JSON, and no secret is ever in it. */
import type { Change } from '../../src/domain/change.ts';
import type { CheckFinding } from '../../src/domain/checks.ts';
import type { ArmedSwitch } from '../../src/domain/dead-mans-switch.ts';
import type { Reason } from '../../src/domain/failure.ts';
import type { Fence } from '../../src/domain/fence.ts';
import type { KeyStore, Settings } from '../../src/domain/key-store.ts';
import type { Canary, KeyVerificationTerms, Preparation } from '../../src/domain/key-verification.ts';
import type { AcceptedLogin, LoginRecord } from '../../src/domain/logins.ts';
import type { SettingsInForce } from '../../src/domain/outcome.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Risk } from '../../src/domain/policy.ts';
import type { ResumeState } from '../../src/domain/resume-state.ts';
import type { StaleReads } from '../../src/domain/stale-reads.ts';
import type { Tries } from '../../src/domain/tries.ts';
import type { Expectation } from '../../src/domain/verdict.ts';
import type { Opening } from '../../src/domain/window.ts';
import type { Observation, Result, Stamped } from './outputs.ts';

/** Inputs are persisted by XState, so they hold references at most. */
export interface ActorInputs {
  /** `clusterId`: the cluster that the change leads to, where it names one. */
  describeStore: {
    readonly store: string;
    readonly clusterId: string | null;
    readonly takesLock: boolean;
    /** A CONNECTED that may be a stale read must not forget the logins that were counted. */
    readonly stale: StaleReads;
  };
  awaitWindow: Opening;
  settleStore: {
    readonly customKeyStoreId: string;
    readonly expected: Expectation;
    /** What the longest wait counts from. */
    readonly sinceMs: number;
    readonly endsOnStop: boolean;
    readonly preparation: Preparation;
    /** When a canary first failed in this outage; null: none was observed to fail. */
    readonly keysFailedAtMs: number | null;
    /** What is taken back where a FAILED shows that the last Connect did not reach the login. */
    readonly countedLogin: AcceptedLogin | null;
  };
  runChecks: { readonly store: KeyStore; readonly plan: Plan };
  /** The old settings, before they are put back: `plan` leads to them. */
  checkRollback: { readonly store: KeyStore; readonly plan: Plan; readonly preparation: Preparation };
  prepareKeyVerification: PrepareInput;
  trialConnect: { readonly store: KeyStore; readonly plan: Plan };
  approve: {
    readonly store: KeyStore;
    readonly plan: Plan;
    readonly findings: readonly CheckFinding[];
    readonly accepted: readonly Risk[];
    readonly isApproved: boolean;
  };
  armSwitch: ArmInput;
  disarmSwitch: ArmedSwitch;
  prepareFence: PrepareFenceInput;
  disableKeys: DisableInput;
  enableKeys: EnableInput;
  disconnectStore: Resumable<WriteInput>;
  connectStore: Resumable<ConnectInput>;
  updateStore: Resumable<UpdateActorInput>;
  /** An update that puts the old settings back. */
  restoreStore: Resumable<UpdateActorInput>;
  verifyKeys: KeyVerificationTerms & { readonly store: KeyStore };
  /** Waits for the operator while the store is offline. */
  hold: HoldInput;
  /** Waits until KMS answers again. */
  awaitKms: { readonly customKeyStoreId: string; readonly tries: Tries | null };
}

export interface PrepareInput {
  readonly store: KeyStore;
  readonly plan: Plan;
  /** Canaries from before an earlier run: new ones would say nothing of the old settings. */
  readonly inherited: Preparation | null;
  /** Canaries of the run that this one undoes. */
  readonly earlier: readonly Canary[];
}

export interface ArmInput {
  readonly store: KeyStore;
  readonly armed: ArmedSwitch;
  readonly roleArn: string;
  /** The logins that are counted are those of the cluster that its Connect would lead to. */
  readonly logins: LoginRecord | null;
  /** It replaces a switch of an earlier run that has not fired: the login of its Connect is counted already. */
  readonly isCounted: boolean;
}

export interface PrepareFenceInput {
  readonly store: KeyStore;
  readonly preparation: Preparation;
  /** ARNs of keys that both key sources hold, by a check. */
  readonly sameKeys: readonly string[];
}

/** `resume`: as for a write. */
export interface DisableInput {
  readonly store: KeyStore;
  readonly fence: Fence;
  readonly resume: ResumeState;
}

export interface EnableInput extends PrepareFenceInput {
  readonly fence: Fence;
  readonly askedAtMs: number;
  /** Since when the settings are in force with which the keys are enabled. */
  readonly sinceMs: number;
  /** A canary that decrypts before then says nothing: a host of KMS may not know of the outage yet. */
  readonly countsFromMs: number;
  /** The old settings are in force. */
  readonly isRollback: boolean;
  /** A key that is withheld may be enabled to be tested. */
  readonly mayExpose: boolean;
  readonly resume: ResumeState;
}

export interface WriteInput {
  /** What the write may rely on while it is fresh. */
  readonly evidence: Observation;
  /** The store must show one of these settings, or what a stale read may still show. */
  readonly settings: readonly Settings[];
  readonly stale: StaleReads;
  readonly graceUntilMs: number;
  /** The same call was sent before, and its result is not known. */
  readonly mayBeDone: boolean;
  /** The store is not as it was found: the call is tried until KMS rejects it, or until its limit. */
  readonly isPatient: boolean;
  /** From its first try on. */
  readonly limitMs: number;
  /** Nothing is sent after it, in milliseconds since the epoch; absent if it may be sent whenever. */
  readonly latestAtMs?: number;
  /** The tries so far; null: this is the first. */
  readonly tries: Tries | null;
  readonly askedAtMs: number;
}

/** `resume`: what another process needs to resume the run from here, kept before the call is sent. */
export type Resumable<Q extends WriteInput> = Q & { readonly resume: ResumeState };

export interface UpdateActorInput extends WriteInput {
  readonly change: Change;
  /** At its limit Describe is waited for: the old values cannot simply be sent, or nothing is offline for the wait. */
  readonly mustBeKnown: boolean;
  /** It puts old values back: a rejection that may pass is no reason to leave the store with the new ones. */
  readonly isRollback: boolean;
}

export interface ConnectInput extends WriteInput {
  readonly logins: LoginRecord;
  readonly accepted: readonly Risk[];
}

export interface HoldInput {
  readonly store: KeyStore;
  readonly plan: Plan;
  /** Why: what failed; null where the operator asked for the hold. */
  readonly reason: Reason | null;
  /** Why the old settings would not help. */
  readonly obstacle: Reason | null;
  readonly settings: SettingsInForce;
  readonly canRollBack: boolean;
  readonly rollsBackUnanswered: boolean;
  readonly offlineSinceMs: number | null;
  readonly timeoutMs: number | null;
  readonly logins: LoginRecord;
  readonly accepted: readonly Risk[];
  readonly stale: StaleReads;
}

export type ActorName = keyof ActorInputs;

/** Every event of this machine is the answer of an actor. A stop is no event: it is stamped on the answers. */
export type Event = { readonly type: `xstate.done.actor.${ActorName}`; readonly output: Stamped<Result> };
