/** A sender that tells of each request: what, how long, and what came of it. */
import type { Send } from './send.ts';

export interface SentRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
  readonly requestId?: string;
  readonly error?: string;
}

/** A plaintext is no reading matter, and neither is a ciphertext. */
function hideBytes(input: SentRequest['input']): SentRequest['input'] {
  const hidden = Object.entries(input).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? `(${value.length} bytes)` : value,
  ]);
  return Object.fromEntries(hidden);
}

export function tellRequests(send: Send, now: () => number, tell: (request: SentRequest) => void): Send {
  return async (operation, input, signal) => {
    const startedAtMs = now();
    const told = (outcome: Pick<SentRequest, 'requestId' | 'error'>) => {
      try {
        tell({ operation, input: hideBytes(input), tookMs: now() - startedAtMs, ...outcome });
      } catch {
        // A listener that throws must not pass for a call to KMS that failed.
      }
    };
    try {
      const answer = await send(operation, input, signal);
      told(answer.requestId === undefined ? {} : { requestId: answer.requestId });
      return answer;
    } catch (error) {
      told({ error: (error as Error).name });
      throw error;
    }
  };
}
