/** How often to look at a store that is moving, how long that usually takes, and how long an accepted call may be stale. */
import { type CustomKeyStoreType, isKnownType } from './properties.ts';

/** What a wait is for. `settled`: any steady state. `shown`: the settings and the state the run wants, in Describe. */
export type Goal = 'settled' | 'DISCONNECTED' | 'CONNECTED' | 'shown';

/** KMS that cannot be read for so long counts as out of reach: the run says so, and waits for it. */
export const unreadableForMs = 60_000;

/** Some KMS hosts use the old settings for up to five minutes after a live update (XKS guide, "edit properties"). */
export const effectiveWithinMs = 5 * 60_000;

/** Evidence younger than this is good enough to write on. */
export const freshMs = 2_000;

/** Retries after a FAILED that a reconnect may cure. */
export const connectRetries = 2;

/** Connects that may have reached the login, per cluster and password; five bad ones lock kmsuser. */
export const loginLimit = 3;

/** A little under the second that is kept between Describes, so that all who wait share the next one instead of taking turns. */
const closeMs = 750;
const steadilyMs = 2_000;
const backOffLimitMs = 30_000;

/**
 * How long to wait before the next look. Waiting for DISCONNECTED is outage that we can shorten: every second. Otherwise
 * every 2 s. A look that failed backs off, then recovers. `random` in [0, 1) spreads looks by up to 10 %.
 */
export function observeAgainAfterMs(goal: Goal, failedInARow: number, random: number): number {
  const steadyMs = goal === 'DISCONNECTED' || goal === 'shown' ? closeMs : steadilyMs;
  const backedOffMs = failedInARow > 0 ? Math.min(1_000 * 2 ** failedInARow, backOffLimitMs) : 0;
  return Math.round(Math.max(steadyMs, backedOffMs) * (1 + random * 0.1));
}

/**
 * How long KMS takes at most (custom key store guide: connect and disconnect pages). Of a CloudHSM disconnect they say
 * nothing; it is taken to be as long as that of an external key store.
 */
const documentedMinutes = {
  AWS_CLOUDHSM: { CONNECTED: 20, DISCONNECTED: 5 },
  EXTERNAL_KEY_STORE: { CONNECTED: 5, DISCONNECTED: 5 },
} as const;

/** Of a type that this version does not know: as long as the slowest that it knows. */
const minutesOf = (type: CustomKeyStoreType) =>
  isKnownType(type) ? documentedMinutes[type] : documentedMinutes.AWS_CLOUDHSM;

export function documentedMs(goal: 'CONNECTED' | 'DISCONNECTED', type: CustomKeyStoreType): number {
  return minutesOf(type)[goal] * 60_000;
}

/** How long KMS usually takes, in words for people. */
export function usualDuration(goal: Goal, type: CustomKeyStoreType): string {
  if (goal === 'shown') return 'a few seconds';
  if (type === 'EXTERNAL_KEY_STORE') return `about ${documentedMinutes[type].CONNECTED} minutes`;
  return goal === 'CONNECTED' ? `up to ${minutesOf(type).CONNECTED} minutes` : 'a few minutes';
}
