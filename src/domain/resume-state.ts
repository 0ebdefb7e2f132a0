/**
 * Everything that a later run needs to resume an earlier one, as data. A run writes it with each call that changes the
 * store, because what a log says must not depend on the states and transitions of the version that reads it.
 */
import { applyChange, type Change, isDiscernible, pickChange } from './change.ts';
import type { ArmedSwitch } from './dead-mans-switch.ts';
import type { Reason } from './failure.ts';
import type { Fence } from './fence.ts';
import { type KeyStore, matchesSettings, type Settings } from './key-store.ts';
import type { Exposure, Preparation } from './key-verification.ts';
import { type LoginRecord, noLogins } from './logins.ts';
import type { Update } from './outcome.ts';
import type { Risk } from './policy.ts';
import { judgeSettings, noStaleReads, type StaleReads } from './stale-reads.ts';

/** The version of {@link ResumeState}. Raise it when a member changes its meaning, or when a resume needs a new member. */
export const resumeSchema = 4;

/** JSON. Secrets stand in it as references only. */
export interface ResumeState {
  readonly schema: typeof resumeSchema;
  /** The run that wrote it. */
  readonly runId: string;
  /** The store before the earlier run changed anything. */
  readonly before: KeyStore;
  /** All that KMS has accepted, and the settings that followed. */
  readonly sent: Change;
  readonly inForce: Settings;
  readonly update: Exclude<Update, 'unclear'>;
  /** An update whose result is unknown, of the new settings or of the old ones; null if there is none. */
  readonly pending: Change | null;
  /** What the plan sends, with the values that the operator has corrected since, and whether KMS has yet to accept it. */
  readonly send: Change;
  readonly isUnsent: boolean;
  readonly wantedState: 'CONNECTED' | 'DISCONNECTED';
  /** To the new settings, or back to the old ones. */
  readonly goal: 'forward' | 'back';
  /** The first thing that went wrong: the reason of a rollback. */
  readonly reason?: Reason;
  /** A call of the earlier run may have changed the store: what it has sent counts as sent by the run that resumes it. */
  readonly isUnfinished: boolean;
  readonly offlineSinceMs: number | null;
  /** Since the last Disconnect that ended a time online, if that is another one. */
  readonly outageSinceMs?: number;
  /** KMS accepted a Disconnect, and no Connect was sent since: if the store is CONNECTED, another actor connected it. */
  readonly hasDisconnected: boolean;
  /** A connect succeeded with the new settings. */
  readonly connectedSince: boolean;
  /** A Connect was sent, so a reconnect has no other one to send. */
  readonly hasConnected: boolean;
  /** The operator has ended a hold: it is not repeated. */
  readonly isHeld: boolean;
  /** The risks that were accepted. `login` is among them until a Connect has used it. */
  readonly accepted: readonly Risk[];
  readonly logins: LoginRecord;
  /** Absent in the log of a run, where the step that made the canaries has kept them. */
  readonly preparation?: Preparation;
  /** Keys were seen to be different ones, and may have been used meanwhile. */
  readonly exposure?: Exposure;
  /** The keys that the run has disabled, or may have, and those that it has enabled again. */
  readonly fence?: Fence;
  /** The dead man's switch, if it may still fire. */
  readonly armed?: ArmedSwitch;
  /** What Describe may still show from before the calls of the earlier run. */
  readonly stale: StaleReads;
  readonly lastAcceptedAtMs: number | null;
  readonly updateAcceptedAtMs: number | null;
}

/** The state of a run that has sent nothing to this store. */
export function createResumeState(runId: string, before: KeyStore): ResumeState {
  return {
    schema: resumeSchema,
    runId,
    before,
    sent: {},
    inForce: before.settings,
    update: 'none',
    pending: null,
    send: {},
    isUnsent: false,
    wantedState: before.connectionState === 'CONNECTED' ? 'CONNECTED' : 'DISCONNECTED',
    goal: 'forward',
    isUnfinished: false,
    offlineSinceMs: null,
    hasDisconnected: false,
    connectedSince: false,
    hasConnected: false,
    isHeld: false,
    accepted: [],
    logins: noLogins,
    stale: noStaleReads,
    lastAcceptedAtMs: null,
    updateAcceptedAtMs: null,
  };
}

/**
 * What the settings that the store shows now say of the update; null if the earlier run cannot have left it so. `inForce`:
 * what is believed to be in force, where these settings may be a stale read.
 */
export function recognizeUpdate(
  left: ResumeState,
  shown: Settings,
  stale: StaleReads,
  nowMs: number,
): RecognizedUpdate | null {
  const { inForce, pending, sent, update } = left;
  const carriedOut = recognizePending(left, shown);
  if (carriedOut !== null) return carriedOut;
  const asShown = { update, sent, inForce: shown };
  // What Describe cannot tell is sent again, on whichever way.
  const possible = pending === null ? [inForce] : [inForce, applyChange(inForce, pending)];
  const judged = matchesSettings(inForce, shown) ? 'current' : judgeSettings(possible, stale, shown, nowMs);
  if (judged === 'current')
    return isUndecided(left, shown, stale, nowMs) ? { ...asShown, undecided: pending } : asShown;
  return judged === 'stale' ? { ...asShown, inForce } : null;
}

export type RecognizedUpdate = Pick<ResumeState, 'update' | 'sent' | 'inForce'> & {
  /** The pending update, where the settings before it are shown and may be a stale read. */
  readonly undecided?: Change | null;
};

function isUndecided(
  { inForce, pending, goal }: ResumeState,
  shown: Settings,
  stale: StaleReads,
  nowMs: number,
): boolean {
  if (goal === 'back' || pending === null || !isDiscernible(inForce, pending)) return false;
  return stale.settings.some(({ values, untilMs }) => nowMs < untilMs && matchesSettings(values, shown));
}

/** What the pending update has become, if the shown settings tell that KMS carried it out; null: they do not tell. */
export function recognizePending(
  { before, inForce, pending, sent, update, goal }: ResumeState,
  shown: Settings,
): RecognizedUpdate | null {
  if (pending === null || !isDiscernible(inForce, pending)) return null;
  if (!matchesSettings(applyChange(inForce, pending), shown)) return null;
  if (goal === 'forward') return { update: 'accepted', sent: { ...sent, ...pending }, inForce: shown };
  if (matchesSettings(before.settings, shown)) return { update: 'restored', sent, inForce: shown };
  // A rollback that left out what KMS did not take back.
  return { update, sent: pickChange(sent, (name) => pending[name] === undefined), inForce: shown };
}
