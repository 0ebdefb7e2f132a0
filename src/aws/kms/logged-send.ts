/** A sender that tells of each request: what, how long, and what came of it. */
import { listSecrets, redactInput } from '../../domain/redaction.ts';
import { hideInName } from '../classify.ts';
import { hideKnownSecrets } from '../known-secrets.ts';
import type { Send } from './send.ts';

export interface SentRequest {
  readonly operation: string;
  /** Without secrets. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
  readonly requestId?: string;
  readonly error?: string;
}

/** A listener gets no secret and no bytes: a logger of the caller's writes whatever it gets. */
export function describeRequests(send: Send, now: () => number, onRequest: (request: SentRequest) => void): Send {
  return async (operation, input, signal) => {
    const startedAtMs = now();
    const hide = (text: string) => hideKnownSecrets(text, listSecrets(input));
    const told = (outcome: Pick<SentRequest, 'requestId' | 'error'>) => {
      try {
        onRequest({ operation, input: redactInput(input), tookMs: now() - startedAtMs, ...outcome });
      } catch {
        // A listener that throws must not pass for a call to KMS that failed.
      }
    };
    try {
      const answer = await send(operation, input, signal);
      told(answer.requestId === undefined ? {} : { requestId: hide(answer.requestId) });
      return answer;
    } catch (error) {
      told({ error: hideInName((error as Error).name, hide) });
      throw error;
    }
  };
}
