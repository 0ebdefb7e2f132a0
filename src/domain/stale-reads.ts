/**
 * Stale reads: what Describe may still show from before a call that KMS has accepted. A stale read is neither the result of
 * our call nor an external change.
 */
import { type ConnectionState, isSameSetting, isTransient, matchesSettings, type Settings } from './key-store.ts';
import { type PropertyName, propertyNames } from './properties.ts';

/**
 * How long a stale read is possible. AWS: "usually less than a few seconds, sometimes several minutes" (KMS Developer Guide,
 * programming-eventual-consistency). A store that is believed CONNECTED too early costs a wrong `updated`, and one that is
 * not believed costs a few more observations: so the longer time counts, everywhere.
 */
export const graceMs = 5 * 60_000;

export interface StaleReads {
  /** The states that the store has left, each with the instant until which it may still be shown. */
  readonly states: Readonly<Partial<Record<ConnectionState, number>>>;
  /** The settings that were in force before, each with the instant until which its values may still be shown. */
  readonly settings: readonly { readonly values: Settings; readonly untilMs: number }[];
}

export const noStaleReads: StaleReads = { states: {}, settings: [] };

/** Until when an accepted call may not show yet. */
export function graceUntilMs(acceptedAtMs: number | null): number {
  return acceptedAtMs === null ? 0 : acceptedAtMs + graceMs;
}

/** The store has left these states by `nowMs`. */
export function leaveStates(stale: StaleReads, states: readonly ConnectionState[], nowMs: number): StaleReads {
  const left = Object.fromEntries(states.map((state) => [state, nowMs + graceMs]));
  return { ...stale, states: { ...stale.states, ...left } };
}

/**
 * A wait has observed this state, which is no stale read: it is current again. `isInDoubt`: a CONNECTING that follows may be
 * that of the Connect before. `awaited`: the state at the start of the wait.
 */
export function arriveAt(
  stale: StaleReads,
  state: ConnectionState,
  isInDoubt: boolean,
  nowMs: number,
  awaited?: ConnectionState,
): StaleReads {
  const { [state]: _, CONNECTING, ...rest } = stale.states;
  const states = isInDoubt && CONNECTING !== undefined ? { ...rest, CONNECTING } : rest;
  const doubted: ConnectionState[] = isInDoubt ? ['CONNECTING'] : [];
  const left: ConnectionState[] = state === 'DISCONNECTED' ? ['DISCONNECTING'] : doubted;
  // The transition of another actor that the run has waited out.
  return leaveStates({ ...stale, states }, awaited && isTransient(awaited) ? [...left, awaited] : left, nowMs);
}

/** These settings were replaced by others at `nowMs`. */
export function leaveSettings(stale: StaleReads, values: Settings, nowMs: number): StaleReads {
  const possible = stale.settings.filter(({ untilMs }) => nowMs < untilMs);
  return { ...stale, settings: [...possible, { values, untilMs: nowMs + graceMs }] };
}

/** No stale read is possible for longer than one grace from now, however far the clock was set back since. */
export function limitStaleReads({ states, settings }: StaleReads, nowMs: number): StaleReads {
  const limitMs = nowMs + graceMs;
  return {
    states: Object.fromEntries(Object.entries(states).map(([state, untilMs]) => [state, Math.min(untilMs, limitMs)])),
    settings: settings.map(({ values, untilMs }) => ({ values, untilMs: Math.min(untilMs, limitMs) })),
  };
}

/** Whether an observation of this state may be older than the last accepted call. */
export function mayBeStale({ states }: StaleReads, state: ConnectionState, nowMs: number): boolean {
  return nowMs < (states[state] ?? 0);
}

/**
 * What the shown settings are: `current`, `stale` (each value is in force or was so lately: properties may lag apart from each
 * other), or an external change of one property.
 */
export function judgeSettings(
  inForce: readonly Settings[],
  stale: StaleReads,
  shown: Settings,
  nowMs: number,
): 'current' | 'stale' | { readonly changed: PropertyName } {
  if (inForce.some((settings) => matchesSettings(settings, shown))) return 'current';
  const past = stale.settings.filter(({ untilMs }) => nowMs < untilMs).map(({ values }) => values);
  const known = [...inForce, ...past];
  const changed = propertyNames.find((name) => !known.some((settings) => isSameSetting(name, settings, shown)));
  return changed === undefined ? 'stale' : { changed };
}
