/** Clocks for rehearsals: an hour of key store life in a few seconds. The simulator itself never sleeps. */

/** Milliseconds since the epoch, as simulated. Time never goes back, whatever is done to its pace. */
export interface ScaledClock {
  (): number;
  /** How many times as fast as the real one it runs; may be set while it runs. 0 stops it. */
  scale: number;
  /** Lets this many milliseconds pass at once. */
  advance(ms: number): void;
}

/** A clock that starts at the present and runs `scale` times as fast. */
export function createScaledClock(scale: number, now: () => number = Date.now): ScaledClock {
  let pace = scale;
  let sinceMs = now();
  let simulatedMs = sinceMs;

  const read = (): number => simulatedMs + (now() - sinceMs) * pace;
  const rebase = (): void => {
    simulatedMs = read();
    sinceMs = now();
  };

  const clock = Object.assign((): number => read(), {
    advance(ms: number): void {
      simulatedMs += ms;
    },
  });
  return Object.defineProperty(clock, 'scale', {
    get: () => pace,
    set(value: number) {
      rebase();
      pace = value;
    },
  }) as ScaledClock;
}
