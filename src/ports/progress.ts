/**
 * What a run tells while it goes on, for people and programs: instants as ISO 8601. A listener that throws never disturbs the
 * run.
 */
import type { Goal } from '../domain/cadence.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { KeyTest } from '../domain/key-test.ts';
import type { KeyVerification } from '../domain/key-verification.ts';
import type { Operation, Outcome } from '../domain/outcome.ts';

export type ProgressEvent = { readonly runId: string; readonly at: string } & (
  | { readonly type: 'state.entered'; readonly state: string }
  | { readonly type: 'step.started'; readonly step: string }
  /** `failure`: what KMS answered, where the call failed. */
  | {
      readonly type: 'step.finished';
      readonly step: string;
      readonly result: string;
      readonly requestId?: string;
      readonly failure?: { readonly code: string; readonly message: string };
    }
  | { readonly type: 'store.observed'; readonly store: KeyStore }
  /** The trial store of a trial connect. */
  | { readonly type: 'trialStore.observed'; readonly store: KeyStore }
  | { readonly type: 'wait.started'; readonly goal: Goal; readonly deadlineAt: string }
  /** KMS shows this state, which may be a stale read from before the outage: the run observes it until then, or until keys work. */
  | { readonly type: 'wait.confirming'; readonly state: string; readonly until: string }
  /** A maintenance window is waited for; `text` as it was asked for. */
  | {
      readonly type: 'window.awaited';
      readonly text: string;
      readonly opensAt: string;
      readonly closesAt: string;
    }
  | { readonly type: 'observe.failed'; readonly code: string; readonly message: string }
  /**
   * A call that changes the store got no definite answer, and is tried again. `tries`: how many there were; `until`: when
   * the last one is sent; null: as long as it takes, as the call did not reach KMS.
   */
  | {
      readonly type: 'call.failed';
      readonly operation: Operation;
      readonly code: string;
      readonly message: string;
      readonly tries: number;
      readonly until: string | null;
    }
  /** Fewer canaries were made ready than were wanted, or none: afterwards less can be proven. */
  | { readonly type: 'keys.unprepared'; readonly canaries: number; readonly detail: string }
  /** The fence: the keys of the store are disabled before its outage, and enabled on evidence after it. */
  | { readonly type: 'keys.disabling'; readonly keys: number }
  | { readonly type: 'keys.disabled'; readonly keys: number }
  | { readonly type: 'keys.enabling'; readonly keys: number }
  | { readonly type: 'keys.enabled'; readonly keys: number; readonly enabled: number }
  /** The keys decrypt, and are tried again until every host of KMS uses the new settings. */
  | { readonly type: 'keys.working'; readonly until: string }
  /** Keys do not work after the change. KMS may still use the old settings, so they are tried again. */
  | { readonly type: 'keys.failing'; readonly detail: string }
  /** Whether the keys decrypt what they encrypted before (`proof`), and whether they work now (`keyTest`). */
  | { readonly type: 'keys.verified'; readonly keyVerification: KeyVerification; readonly keyTest: KeyTest }
  /** Whether this run still owns the lock is not known. It continues, to bring the store back. */
  | { readonly type: 'lock.unsure'; readonly message: string }
  /** The item of the run's lock was deleted from the lock table, and the run has put it back. */
  | { readonly type: 'lock.restored'; readonly message: string }
  /** What a run that has acted cannot write down; it goes on from memory. */
  | { readonly type: 'disk.failed'; readonly message: string }
  | { readonly type: 'stop.requested' }
  /** The store is offline because of this run: a Disconnect was accepted. */
  | { readonly type: 'outage.began' }
  /** The store was seen CONNECTED again. `offlineMs`: since the Disconnect was accepted. */
  | { readonly type: 'outage.ended'; readonly offlineMs: number }
  /** Another actor connected the store while the run was away, after the run had disconnected it. */
  | { readonly type: 'connect.external' }
  /**
   * The run is held while the store is offline; `reason`: why, absent where the operator asked for it. `until`: when the
   * hold ends without an answer; absent: it waits without a limit. `rollsBack`: the run rolls back then; otherwise it ends, and
   * the store stays offline. `commands`: what to type in the CloudHSM CLI where the operator asked for the hold.
   */
  | {
      readonly type: 'operator.awaited';
      readonly reason?: string;
      readonly commands?: readonly string[];
      readonly until?: string;
      readonly rollsBack: boolean;
    }
  /** KMS cannot be asked while the store is not as it was found; the run waits for it. `times`: how often that was seen. */
  | { readonly type: 'run.suspended'; readonly code: string; readonly message: string; readonly times: number }
  | { readonly type: 'run.finished'; readonly outcome: Outcome }
  /** It was interrupted, and is to be resumed. */
  | { readonly type: 'run.unfinished'; readonly message: string }
);

export type Progress = (event: ProgressEvent) => void;

/** Where a run is when it tells something. */
export interface RunContext {
  readonly runId: string;
  readonly account: string;
  readonly region: string;
  /** Id or name, as the run was asked for it. */
  readonly store: string;
  /** Null until the store was seen. */
  readonly customKeyStoreId: string | null;
  readonly storeName: string | null;
  readonly step: string | null;
}

/** `at`: where the run was when it told the event. */
export type Emit = (event: ProgressEvent, at: RunContext) => void;
