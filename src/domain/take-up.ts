/** What an earlier run has left behind, as its journal knows it, for a run that goes on from there. */
import { applyChange, type Change, isDiscernible, pickChange } from './change.ts';
import type { ArmedSwitch } from './dead-mans-switch.ts';
import type { Reason } from './failure.ts';
import { type KeyStore, matchesSettings, type Settings } from './key-store.ts';
import type { Update } from './outcome.ts';
import type { Preparation } from './proof.ts';

export interface TakenUp {
  readonly runId: string;
  /** The store before the earlier run changed anything. */
  readonly before: KeyStore;
  /** All that KMS has accepted, and the settings that followed. */
  readonly sent: Change;
  readonly inForce: Settings;
  readonly update: Exclude<Update, 'unclear'>;
  /** An update whose fate is not known, the way back or forth; null where there is none. */
  readonly pending: Change | null;
  /** To the new settings, or back to the old ones. */
  readonly goal: 'forward' | 'back';
  /** Why it goes back. */
  readonly reason?: Reason;
  /** The earlier run is unfinished: what it has sent counts as this one's own. */
  readonly isUnfinished: boolean;
  readonly offlineSinceMs: number | null;
  /** A connect succeeded with the new settings. */
  readonly connectedSince: boolean;
  /** What it had made ready for a proof. */
  readonly preparation?: Preparation;
  /** Its dead man's switch, where that may still strike. */
  readonly armed?: ArmedSwitch;
  /** When it last sent something: stale reads may follow for a while. */
  readonly lastSentAtMs: number | null;
}

/** What the settings that the store shows now say of the update; null where the earlier run cannot have left it so. */
export function recognizeUpdate(left: TakenUp, shown: Settings): Pick<TakenUp, 'update' | 'sent'> | null {
  const { inForce, pending, sent, update, goal } = left;
  const asKnown = { update, sent };
  if (pending !== null && isDiscernible(inForce, pending)) {
    const isCarriedOut = matchesSettings(applyChange(inForce, pending), shown);
    if (isCarriedOut && goal === 'forward') return { update: 'accepted', sent: { ...sent, ...pending } };
    if (isCarriedOut && matchesSettings(left.before.settings, shown)) return { update: 'restored', sent };
    // A rollback that left out what KMS did not take back.
    if (isCarriedOut) return { update, sent: pickChange(sent, (name) => pending[name] === undefined) };
  }
  // What Describe cannot tell is sent again, on whichever way.
  return matchesSettings(inForce, shown) ? asKnown : null;
}
