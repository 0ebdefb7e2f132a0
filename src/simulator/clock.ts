/** Clocks for rehearsals: an hour of key store life in a few seconds. The simulator itself never sleeps. */

/** Milliseconds since the epoch, as simulated. Time never goes back, whatever is done to its pace. */
export interface ScaledClock {
  (): number;
  /** How many times as fast as the real one it runs; may be set while it runs. 0 stops it. */
  scale: number;
  /** Lets this many milliseconds pass at once. */
  advance(ms: number): void;
  /** When a simulated instant came by the real clock; before the clock began the two are one. */
  toReal(simulatedMs: number): number;
}

/** A clock that starts at the present and runs `scale` times as fast. */
export function createScaledClock(scale: number, now: () => number = Date.now): ScaledClock {
  let pace = scale;
  const beganMs = now();
  let stretch = { simulatedMs: beganMs, realMs: beganMs, pace };
  const stretches = [stretch];

  const read = (): number => stretch.simulatedMs + (now() - stretch.realMs) * stretch.pace;
  const begin = (simulatedMs: number): void => {
    stretch = { simulatedMs, realMs: now(), pace };
    stretches.push(stretch);
  };

  const clock = Object.assign((): number => read(), {
    advance: (ms: number): void => begin(read() + ms),
    toReal(simulatedMs: number): number {
      const at = stretches.findLastIndex((one) => one.simulatedMs <= simulatedMs);
      const from = stretches[at];
      if (!from) return simulatedMs;
      const nextMs = stretches[at + 1]?.realMs ?? Number.POSITIVE_INFINITY;
      const lastedMs = from.pace === 0 ? 0 : (simulatedMs - from.simulatedMs) / from.pace;
      return Math.min(from.realMs + lastedMs, nextMs);
    },
  });
  return Object.defineProperty(clock, 'scale', {
    get: () => pace,
    set(value: number) {
      const nowMs = read();
      pace = value;
      begin(nowMs);
    },
  }) as ScaledClock;
}
