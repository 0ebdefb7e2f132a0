/** What the machine knows. Everything is JSON, and no secret is ever in it. */
import type { Change } from '../../src/domain/change.ts';
import type { CheckFinding } from '../../src/domain/checks.ts';
import type { ArmedSwitch } from '../../src/domain/dead-mans-switch.ts';
import type { Reason } from '../../src/domain/failure.ts';
import type { Fence } from '../../src/domain/fence.ts';
import type { KeyStore, Settings } from '../../src/domain/key-store.ts';
import type { KeyTest } from '../../src/domain/key-test.ts';
import type { KeyVerification, Preparation } from '../../src/domain/key-verification.ts';
import type { LoginRecord } from '../../src/domain/logins.ts';
import type { Calls, Update } from '../../src/domain/outcome.ts';
import type { Plan, UpdateRequest } from '../../src/domain/plan.ts';
import type { Risk } from '../../src/domain/policy.ts';
import type { PropertyName } from '../../src/domain/properties.ts';
import type { ResumeState } from '../../src/domain/resume-state.ts';
import type { StaleReads } from '../../src/domain/stale-reads.ts';
import type { Tries } from '../../src/domain/tries.ts';
import type { Observation } from './outputs.ts';

export interface Input {
  readonly runId: string;
  /** Id or name of the store. */
  readonly store: string;
  /** Region and account, for messages; `unknown` if the account is not known. */
  readonly place: { readonly region: string; readonly account: string };
  readonly request: UpdateRequest;
  readonly startedAtMs: number;
  /** What an earlier run has left, if this one resumes it. */
  readonly resumedFrom?: ResumeState;
}

/** All that the machine knows, by what it concerns. */
export interface Context
  extends Input,
    Progress,
    Decision,
    UpdateProgress,
    Evidence,
    CallProgress,
    Outage,
    ConnectProgress,
    SwitchProgress,
    Keys,
    Explanation {}

/** Where the run is. */
export interface Progress {
  /** Time of the last result; it never goes back. */
  readonly nowMs: number;
  readonly stopRequested: boolean;
  readonly calls: Calls;
  /** The store as it was last seen. */
  readonly lastObserved: Observation | null;
  /** The store was described under its lock, which who waits for a window has not taken yet. */
  readonly holdsLock: boolean;
  /** To the new settings, or back to the old ones. */
  readonly goal: ResumeState['goal'];
}

/** What is to be done, and who agreed to it. */
export interface Decision {
  /** The store as it was before the change: what a rollback restores. */
  readonly before: KeyStore | null;
  readonly plan: Plan | null;
  readonly findings: readonly CheckFinding[];
  readonly checkedAtMs: number | null;
  /** The plan was approved; what is found after that is asked for by itself. */
  readonly isApproved: boolean;
  readonly accepted: readonly Risk[];
}

/** What has become of the settings. */
export interface UpdateProgress {
  readonly update: Update;
  /** The plan's update, or a corrected one, is still to be sent. */
  readonly isUnsent: boolean;
  /** All that KMS has accepted, the later value of a property over the earlier one. */
  readonly sent: Change;
  /** The update that KMS may have carried out though it gave no definite answer; empty if each was answered. */
  readonly undecided: Change;
  /** Properties with new values that the rollback could not restore. */
  readonly unrestored: readonly PropertyName[];
  /** The settings that Describe should show now. */
  readonly inForce: Settings;
  /** KMS has refused the change while the store is CONNECTED: it is planned as an outage. */
  readonly isLiveRefused: boolean;
  readonly updateAcceptedAtMs: number | null;
}

/** What may be believed of an observation. */
export interface Evidence {
  /** What Describe may still show from before our last accepted call. */
  readonly stale: StaleReads;
  /** A stale read was observed: a CONNECTING may be that of an earlier Connect. */
  readonly hasSeenStaleRead: boolean;
  readonly lastAcceptedAtMs: number | null;
}

/** The call that the run is at. */
export interface CallProgress {
  /** A call was sent whose fate is not known, because KMS cannot be asked. */
  readonly isUnsure: boolean;
  /** `hasWritten` before that call: so it is again where KMS turns out not to have carried it out. */
  readonly hadWritten: boolean;
  /** A Disconnect, Update or Connect of this run was accepted. */
  readonly hasWritten: boolean;
  /** The failed tries of the call that the run is at; null: there are none. */
  readonly tries: Tries | null;
  readonly retries: number;
}

/** The outage, and what ended it. */
export interface Outage {
  /** Since the first Disconnect of the run. */
  readonly offlineSinceMs: number | null;
  /** Since the last Disconnect that ended a time online. */
  readonly outageSinceMs: number | null;
  /** How long the store was offline because of the run; null: it is so now, or never was. */
  readonly offlineMs: number | null;
  /** Of outages that ended before the last one began. */
  readonly pastOfflineMs: number;
  /** KMS accepted a Disconnect of this run, or of the one that it resumes, and no Connect was sent since. */
  readonly hasDisconnected: boolean;
  /** When the store was found CONNECTED by another actor, after the earlier run had disconnected it; null: it was not. */
  readonly externalConnectAtMs: number | null;
  /** The operator has done what could only be done while the store was offline. */
  readonly isHeld: boolean;
}

/** The Connect, and the login of kmsuser. */
export interface ConnectProgress {
  /** A connect succeeded after the update was accepted: what KMS changed at that login cannot be undone. */
  readonly connectedSince: boolean;
  /** Connects that may have reached the login of the cluster, by this and earlier runs. */
  readonly logins: LoginRecord;
  /** The last Connect was refused, or ended FAILED. */
  readonly hasConnectFailed: boolean;
  /** KMS gave no definite answer to the last Connect: no settings are at fault for that. */
  readonly isConnectUndecided: boolean;
  /** KMS accepted the last Connect that was counted as a login. */
  readonly isLoginAccepted: boolean;
}

/** The dead man's switch. */
export interface SwitchProgress {
  /** The dead man's switch that may still connect the store. */
  readonly armed: ArmedSwitch | null;
  /** A switch that is armed no more has fired. */
  readonly hasSwitchFired: boolean;
  /** It could not be taken away, and is tried once more at the end. */
  readonly isSwitchStuck: boolean;
}

/** The keys: disabled, enabled and verified. */
export interface Keys {
  /** Keys that the run disables for the outage, and what has become of each; null: it has no fence. */
  readonly fence: Fence | null;
  /** All of them were observed Disabled. */
  readonly isFenced: boolean;
  readonly preparation: Preparation;
  /** When a canary first failed: from then on the outage was felt. */
  readonly keysFailedAtMs: number | null;
  /** Whether the keys are the same: old ciphertext decrypts. */
  readonly keyVerification: KeyVerification;
  /** Whether keys work now: they encrypt and decrypt anew. */
  readonly keyTest: KeyTest;
}

/** Why the run goes the way it goes. */
export interface Explanation {
  /** The first thing that went wrong; later ones do not replace it. */
  readonly reason: Reason | null;
  /** What kept the rollback from its end. */
  readonly obstacle: Reason | null;
}
