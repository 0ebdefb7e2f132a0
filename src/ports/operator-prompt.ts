/** Whom to wait for while a store is held offline. */
import type { Change } from '../domain/change.ts';
import type { Reason } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { SettingsInForce } from '../domain/outcome.ts';
import type { PlannedChange } from '../domain/plan.ts';
import type { Risk } from '../domain/policy.ts';

export interface HeldStore {
  readonly store: KeyStore;
  readonly changes: readonly PlannedChange[];
  readonly settings: SettingsInForce;
  /** What failed; null where the hold was asked for (`holdOffline`). */
  readonly reason: Reason | null;
  /** Why the old settings would not help; null where nothing speaks against them. */
  readonly obstacle: Reason | null;
  readonly canRollBack: boolean;
  /** The run rolls back if it is stopped or no answer comes in time; otherwise it ends, and the store stays as it is. */
  readonly rollsBackUnanswered: boolean;
  /** ISO 8601. */
  readonly offlineSince: string | null;
  /** When the hold ends without an answer, in ISO 8601; null: it waits without a limit. */
  readonly until: string | null;
  /** Risks to accept before it can go on as it is. */
  readonly missing: readonly Risk[];
}

export type Release =
  /** It is done: go on, with new values for what was wrong. */
  | { readonly kind: 'released'; readonly correction: Change; readonly accepted: readonly Risk[] }
  /** Put the store back as it was. */
  | { readonly kind: 'givenUp' }
  /** No operator can answer now: the process ends and the run continues later. */
  | { readonly kind: 'left' };

export interface OperatorPrompt {
  /** How long to wait where the policy sets no limit, in milliseconds. */
  readonly timeoutMs?: number;
  /** `signal` aborts at a stop, and when the limit of the hold is reached. */
  wait(held: HeldStore, signal: AbortSignal): Promise<Release>;
}
