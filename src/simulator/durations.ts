/** How long connecting and disconnecting take, in milliseconds, fixed when the call is accepted. */
import type { CustomKeyStoreType } from './shapes.ts';

/** Milliseconds, or a function of a random number in [0, 1) that gives them. */
export type Duration = number | ((random: number) => number);

export type Transition = 'connect' | 'disconnect';

export type Durations = Readonly<Record<Transition, Readonly<Record<CustomKeyStoreType, Duration>>>>;

export type DurationOptions = { readonly [T in Transition]?: Partial<Durations[T]> };

const minutes =
  (shortest: number, longest: number): Duration =>
  (random) =>
    Math.round((shortest + random * (longest - shortest)) * 60_000);

/** Developer guide: up to 20 minutes for a cluster, about 5 for a proxy; how long a cluster takes to disconnect is not said. */
const defaultDurations: Durations = {
  connect: { AWS_CLOUDHSM: minutes(1, 20), EXTERNAL_KEY_STORE: minutes(4, 6) },
  disconnect: { AWS_CLOUDHSM: minutes(1, 5), EXTERNAL_KEY_STORE: minutes(4, 6) },
};

export function completeDurations(options: DurationOptions = {}): Durations {
  return {
    connect: { ...defaultDurations.connect, ...options.connect },
    disconnect: { ...defaultDurations.disconnect, ...options.disconnect },
  };
}

export function drawDurationMs(duration: Duration, random: number): number {
  return typeof duration === 'number' ? duration : duration(random);
}
