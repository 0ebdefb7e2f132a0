/** How much of its time a call of the function has left. */
import type { Clock } from '../../ports/clock.ts';
import { RotationError } from './rotation-error.ts';

export interface Deadline {
  leftMs(): number;
  /** Aborts as the time ends. */
  readonly signal: AbortSignal;
  /** @throws {RotationError} where `ms` are not left. */
  require(ms: number, what: string): void;
  /** Its result is no longer awaited. */
  close(): void;
}

/** For the answer, and for whatever is said of it. */
const reserveMs = 3_000;

/** `remainingMs`: until Lambda ends the process. */
export function createDeadline(remainingMs: number, clock: Clock): Deadline {
  const endsAtMs = clock.now() + remainingMs - reserveMs;
  const late = new AbortController();
  const closed = new AbortController();
  void clock.sleep(Math.max(endsAtMs - clock.now(), 0), closed.signal).then(() => late.abort());
  const leftMs = () => endsAtMs - clock.now();
  return {
    leftMs,
    signal: late.signal,
    require(ms, what) {
      if (leftMs() >= ms) return;
      const [left, wanted] = [leftMs(), ms].map((one) => Math.max(Math.round(one / 1_000), 0));
      const message = `${what} takes ${wanted} s, and this call has ${left} s left: it is for the next one. The function should have a timeout of 15 minutes`;
      throw new RotationError('TOO_LITTLE_TIME', message);
    },
    close: () => closed.abort(),
  };
}
