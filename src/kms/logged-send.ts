/** A sender that tells of each request: what, how long, and what came of it. */
import type { Send } from './kms.ts';

export interface SentRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
  readonly requestId?: string;
  readonly error?: string;
}

export function tellRequests(send: Send, now: () => number, tell: (request: SentRequest) => void): Send {
  return async (operation, input) => {
    const startedAtMs = now();
    const about = () => ({ operation, input, tookMs: now() - startedAtMs });
    try {
      const answer = await send(operation, input);
      tell({ ...about(), ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }) });
      return answer;
    } catch (error) {
      tell({ ...about(), error: (error as Error).name });
      throw error;
    }
  };
}
