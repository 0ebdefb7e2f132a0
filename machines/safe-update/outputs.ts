/** What the machine hears: the answers of its actors, stamped by the host. JSON, and no secret in it. */
import type { Change } from '../../src/domain/change.ts';
import type { CheckFinding } from '../../src/domain/checks.ts';
import type { ArmedSwitch } from '../../src/domain/dead-mans-switch.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Fence } from '../../src/domain/fence.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import type { KeyTest } from '../../src/domain/key-test.ts';
import type { KeyVerification, Preparation } from '../../src/domain/key-verification.ts';
import type { CountedLogin, LoginRecord } from '../../src/domain/logins.ts';
import type { Calls } from '../../src/domain/outcome.ts';
import type { Risk } from '../../src/domain/policy.ts';
import type { LockOwner } from '../../src/domain/safeguards.ts';
import type { Tries } from '../../src/domain/tries.ts';

/** A store as one look saw it, and when. */
export interface Observation {
  readonly store: KeyStore;
  readonly atMs: number;
}

export type ObserveResult =
  | { readonly kind: 'observed'; readonly observed: Observation }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** The first look of a run, which takes the lock as soon as it knows the store and may act. */
/** `holdsLock`: false where the run only waits for its window. */
export type Found =
  | (Extract<ObserveResult, { kind: 'observed' }> & { readonly logins: LoginRecord; readonly holdsLock: boolean })
  | Exclude<ObserveResult, { kind: 'observed' }>
  | { readonly kind: 'locked'; readonly observed: Observation; readonly owner: LockOwner };

/**
 * `seen`: the evidence a write went by, be it handed to the step or looked up by it. `mayBeDone`: the call may have been
 * carried out.
 */
export type Write = { readonly login?: CountedLogin } & Answer;

type Answer =
  | { readonly kind: 'accepted'; readonly requestId?: string; readonly observed: Observation }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly observed: Observation }
  | { readonly kind: 'foreign'; readonly detail: string; readonly observed: Observation; readonly mayBeDone: boolean }
  /** KMS gave no definite answer within the limit. */
  | { readonly kind: 'unclear'; readonly failure: Failure; readonly mayBeDone: boolean; readonly observed: Observation }
  /** Not decided yet: KMS cannot be asked, or gave no definite answer. `tries`: null where no call has failed. */
  | {
      readonly kind: 'cutOff';
      readonly failure: Failure;
      readonly mayBeDone: boolean;
      readonly observed: Observation;
      readonly tries: Tries | null;
    };

/** `tally`: how often each state was seen while waiting. */
export type Settled = {
  readonly tally: Readonly<Record<string, number>>;
  readonly failure?: Failure;
  readonly keysFailedAtMs?: number;
  /** Since when the state that ended the wait was shown. */
  readonly shownSinceMs?: number;
  /** A state was shown that the store had certainly left: reads are stale in this run. */
  readonly sawStaleRead?: true;
} & (
  | { readonly kind: 'reached' | 'failed' | 'foreign' | 'unmoved'; readonly observed: Observation }
  | { readonly kind: 'overdue' | 'stopped' | 'cutOff'; readonly observed: Observation | null }
);

/** KMS can be asked again. What it shows is looked at by the state that was cut off. */
export interface Answered {
  readonly kind: 'answered';
  readonly tally: Readonly<Record<string, number>>;
}

/** Describe says, for longer than a stale read lasts, that the store does not exist. */
export interface Gone {
  readonly kind: 'gone';
  readonly tally: Readonly<Record<string, number>>;
  readonly failure: Failure;
}

/** The window has opened, or a stop has ended the wait for it. */
export interface Waited {
  readonly kind: 'waited';
}

/** `mayBeArmed`: the call may have been carried out. */
export type Armed =
  | { readonly kind: 'armed'; readonly armed: ArmedSwitch; readonly login?: CountedLogin }
  | {
      readonly kind: 'unarmed';
      readonly failure: Failure;
      readonly armed: ArmedSwitch;
      readonly mayBeArmed: boolean;
      readonly login?: CountedLogin;
    };

export type Disarmed = { readonly kind: 'disarmed' } | { readonly kind: 'stillArmed'; readonly failure: Failure };

/**
 * What the operator said while the run was held. `correction`: new values for properties of the change. `seen`: null where
 * KMS could not be asked; what comes next observes the store itself.
 */
export type Held =
  | {
      readonly kind: 'released';
      readonly correction: Change;
      readonly accepted: readonly Risk[];
      readonly observed: Observation | null;
    }
  | { readonly kind: 'givenUp'; readonly observed: Observation | null }
  /** No answer came within the limit of the hold. */
  | { readonly kind: 'expired'; readonly observed: Observation | null };

export type FencePrepared =
  | { readonly kind: 'fencePrepared'; readonly fence: Fence }
  /** No key was changed: `failure` says why. */
  | { readonly kind: 'unfenced'; readonly failure: Failure };

/** `fenceFailed`: some of the keys may be disabled. */
export type FenceRaised =
  | { readonly kind: 'fenced'; readonly fence: Fence }
  | { readonly kind: 'fenceFailed'; readonly fence: Fence; readonly failure: Failure };

/** Each key was tried. Those that KMS did not let cks enable are still `disabled` in it. */
export interface FenceEnabled {
  readonly kind: 'enabled';
  readonly fence: Fence;
}

export interface Checked {
  readonly kind: 'checked';
  readonly findings: readonly CheckFinding[];
}

export type Approved =
  | { readonly kind: 'approved'; readonly accepted: readonly Risk[] }
  | { readonly kind: 'declined' }
  | { readonly kind: 'unconsented'; readonly missing: readonly string[] };

export interface Prepared {
  readonly kind: 'prepared';
  readonly preparation: Preparation;
}

/** `keysWorkAtMs`: when a canary first decrypted in this round. */
export interface KeysVerified {
  readonly kind: 'verified';
  readonly keyVerification: KeyVerification;
  readonly keyTest: KeyTest;
  readonly keysWorkAtMs?: number;
  /** Of the fence: keys were different as they were enabled. */
  readonly fence?: Fence;
}

/** The result of a step, stamped by the host. `calls`: the requests that were sent for it. */
export interface Stamped<T> {
  readonly value: T & { readonly calls: Calls };
  readonly atMs: number;
  readonly cancelRequested: boolean;
}

export type Result =
  | ObserveResult
  | Found
  | Write
  | Settled
  | Held
  | Answered
  | Gone
  | Checked
  | Prepared
  | Approved
  | Waited
  | Armed
  | Disarmed
  | FencePrepared
  | FenceRaised
  | FenceEnabled
  | KeysVerified;

export interface ActorOutputs {
  describeStore: Found;
  awaitWindow: Waited;
  settleStore: Settled;
  runChecks: Checked;
  checkRollback: Checked;
  prepareKeyVerification: Prepared;
  trialConnect: Checked;
  approve: Approved;
  armSwitch: Armed;
  disarmSwitch: Disarmed;
  prepareFence: FencePrepared;
  disableKeys: FenceRaised;
  enableKeys: FenceEnabled | KeysVerified;
  disconnectStore: Write;
  connectStore: Write;
  updateStore: Write;
  restoreStore: Write;
  verifyKeys: KeysVerified;
  hold: Held;
  awaitKms: Answered | Gone;
}
