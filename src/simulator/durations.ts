/** How long connecting and disconnecting take, in milliseconds, fixed when the call is accepted. */
import type { CustomKeyStoreType } from './shapes.ts';

/** Milliseconds, or a function of a random number in [0, 1) that gives them. */
export type Duration = number | ((random: number) => number);

export type Transition = 'connect' | 'disconnect';

export type Durations = Readonly<Record<Transition, Readonly<Record<CustomKeyStoreType, Duration>>>> & {
  /** From CONNECTED until a key is as EnableKey or DisableKey wanted it while it was Unavailable. */
  readonly deferredToggle: Duration;
  /** From an event until CloudTrail shows it. */
  readonly trailDelay: Duration;
};

export type DurationOptions = { readonly [T in Transition]?: Partial<Durations[T]> } & {
  readonly deferredToggle?: Duration;
  readonly trailDelay?: Duration;
};

/** Any length from the shortest to the longest; where a usual one is named, the nearer to it the likelier (a triangle). */
export function spread(shortestMs: number, longestMs: number, usualMs?: number): Duration {
  const range = longestMs - shortestMs;
  if (usualMs === undefined || range === 0) return (random) => Math.round(shortestMs + random * range);
  const peak = (usualMs - shortestMs) / range;
  return (random) => {
    const at = random < peak ? Math.sqrt(random * peak) : 1 - Math.sqrt((1 - random) * (1 - peak));
    return Math.round(shortestMs + at * range);
  };
}

const minutes = (shortest: number, usual: number, longest: number): Duration =>
  spread(shortest * 60_000, longest * 60_000, usual * 60_000);

/**
 * Developer guide: up to 20 minutes for a cluster, about 5 for a proxy; how long a cluster takes to disconnect is not said.
 * Where in between most lie is not said either: the usual ones are ours. Of a deferred EnableKey or DisableKey nothing is said.
 */
const defaultDurations: Durations = {
  connect: { AWS_CLOUDHSM: minutes(1, 6, 20), EXTERNAL_KEY_STORE: minutes(4, 5, 6) },
  disconnect: { AWS_CLOUDHSM: minutes(1, 2, 5), EXTERNAL_KEY_STORE: minutes(4, 5, 6) },
  deferredToggle: spread(2_000, 240_000, 20_000),
  trailDelay: minutes(1, 5, 15),
};

export function completeDurations(options: DurationOptions = {}): Durations {
  return {
    connect: { ...defaultDurations.connect, ...options.connect },
    disconnect: { ...defaultDurations.disconnect, ...options.disconnect },
    deferredToggle: options.deferredToggle ?? defaultDurations.deferredToggle,
    trailDelay: options.trailDelay ?? defaultDurations.trailDelay,
  };
}

export function drawDurationMs(duration: Duration, random: number): number {
  return typeof duration === 'number' ? duration : duration(random);
}
