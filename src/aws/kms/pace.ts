/** The one pacing mechanism: all requests of this process to the KMS of an account and Region stay below its quotas. */
import { type Quota, quotas } from '../../domain/quotas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KmsOperation } from './send.ts';

/**
 * Resolves when a request of the operation may be sent, and at once when `signal` aborts: then it takes no turn. `atMost`: a
 * lower rate for this request, in requests per second.
 */
export type Pace = (operation: KmsOperation, signal?: AbortSignal, atMost?: number) => Promise<void>;

const quotaOf: Readonly<Record<KmsOperation, Quota>> = quotas;

export function createPace(clock: Clock): Pace {
  const lines = new Map<KmsOperation, ReturnType<typeof createLine>>();
  return (operation, signal, atMost) => {
    const line = lines.get(operation) ?? createLine(quotaOf[operation].sent, clock);
    lines.set(operation, line);
    return line(signal, atMost);
  };
}

const secondMs = 1_000;

/** At most `rate` turns within any second, in the order in which they were asked for. */
function createLine(rate: number, clock: Clock): (signal?: AbortSignal, atMost?: number) => Promise<void> {
  const takenAtMs: number[] = [];
  let last = Promise.resolve();

  async function takeTurn(signal: AbortSignal | undefined, atMost: number): Promise<void> {
    const earlierAtMs = takenAtMs.at(-Math.min(rate, atMost));
    // If the clock was set back, a request must not wait for it: a store may be offline behind it.
    const waitMs = earlierAtMs === undefined ? 0 : Math.min(earlierAtMs + secondMs - clock.now(), secondMs);
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (signal?.aborted) return;
    takenAtMs.push(clock.now());
    if (takenAtMs.length > rate) takenAtMs.shift();
  }

  return (signal, atMost = rate) => {
    last = last.then(() => takeTurn(signal, atMost));
    return last;
  };
}
