/** Clocks for rehearsals: an hour of key store life in a few seconds. The simulator itself never sleeps. */

/** A clock that starts at the present and runs `scale` times as fast; both clocks count milliseconds since the epoch. */
export function createScaledClock(scale: number, now: () => number = Date.now): () => number {
  const startedAtMs = now();
  return () => startedAtMs + (now() - startedAtMs) * scale;
}
