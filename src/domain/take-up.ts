/** What an earlier run has left behind, as its journal knows it, for a run that goes on from there. */
import { applyChange, type Change, isDiscernible } from './change.ts';
import { type KeyStore, matchesSettings, type Settings } from './key-store.ts';
import type { Update } from './outcome.ts';

export interface TakenUp {
  readonly runId: string;
  /** The store before the earlier run changed anything. */
  readonly before: KeyStore;
  /** All that KMS has accepted, or may have. */
  readonly sent: Change;
  readonly update: Update;
  /** To the new settings, or back to the old ones. */
  readonly goal: 'forward' | 'back';
  readonly offlineSinceMs: number | null;
  /** A connect succeeded with the new settings. */
  readonly connectedSince: boolean;
}

/** What the settings that the store shows now say of the update; null where the earlier run did not leave it so. */
export function recognizeUpdate({ before, sent, update, goal }: TakenUp, shown: Settings): Update | null {
  const isOld = matchesSettings(before.settings, shown);
  const isNew = matchesSettings(applyChange(before.settings, sent), shown);
  if (update === 'none' || update === 'restored') return isOld ? update : null;
  if (update === 'accepted') return isNew ? 'accepted' : null;
  // What Describe cannot tell is sent again, on whichever way.
  if (!isDiscernible(before.settings, sent)) return isOld ? (goal === 'back' ? 'accepted' : 'none') : null;
  if (isNew) return 'accepted';
  return isOld ? 'none' : null;
}
