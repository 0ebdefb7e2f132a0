/** Does something for many side by side, in a time that has an end. */
import { createGate } from '../../domain/gate.ts';
import type { Clock } from '../../ports/clock.ts';

export interface Limits {
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/** A proxy takes about 1,800 requests a second (XKS proxy API specification 1.0.3); others need them too. */
const concurrency = 16;

/** Nothing is begun with later. */
const limitMs = 120_000;

/** The results, in no order. `isEnough`: one after which nothing more is begun with; then some are left out. */
export async function forEach<T, R>(
  all: readonly T[],
  { clock, signal }: Limits,
  work: (one: T) => Promise<R>,
  isEnough: (result: R) => boolean,
): Promise<readonly R[]> {
  const endsAtMs = clock.now() + limitMs;
  const inTurn = createGate(concurrency);
  const results: R[] = [];
  let isOver = false;
  const workOn = async (one: T) => {
    if (isOver || signal.aborted || clock.now() >= endsAtMs) return;
    const result = await work(one);
    results.push(result);
    isOver ||= isEnough(result);
  };
  await Promise.all(all.map((one) => inTurn(() => workOn(one))));
  return results;
}
