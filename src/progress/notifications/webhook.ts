/**
 * A URL that takes a POST of the notice as JSON. Where a secret is given, the header `x-cks-signature` holds
 * `sha256=` and the HMAC of the body in hex, so that the receiver knows whom it is from.
 */
import { createHmac } from 'node:crypto';
import { within } from '../../aws/time-limit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NotificationTarget } from '../../ports/notifications.ts';

export interface WebhookOptions {
  readonly url: URL;
  /** Asked for with each notice; absent: nothing is signed. */
  readonly findSecret?: () => Promise<string>;
  readonly clock: Clock;
  /** How long one attempt may take. Default 5 s. */
  readonly limitMs?: number;
}

const attempts = 2;
const pauseMs = 1_000;

export function createWebhookTarget({ url, findSecret, clock, limitMs = 5_000 }: WebhookOptions): NotificationTarget {
  async function post(body: string, signature: object, signal: AbortSignal): Promise<Problem | null> {
    try {
      const { ok, status } = await within({ limitMs, stop: signal }, async (abortSignal) => {
        const answer = await fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', 'user-agent': 'cks-safe-update', ...signature },
          // A redirect may lead anywhere.
          redirect: 'manual',
          signal: abortSignal,
        });
        await answer.body?.cancel();
        return answer;
      });
      return ok ? null : { text: `it answered ${status}`, mayPass: status === 429 || status >= 500 };
    } catch (error) {
      return { text: `it did not answer (${nameTrouble(error)})`, mayPass: true };
    }
  }

  return {
    // Paths and queries of such URLs often hold a token.
    name: url.host,
    async send(notification, signal) {
      const body = JSON.stringify(notification);
      const secret = await findSecret?.();
      const hmac = secret === undefined ? undefined : createHmac('sha256', secret).update(body).digest('hex');
      const signature = hmac === undefined ? {} : { 'x-cks-signature': `sha256=${hmac}` };
      for (let attempt = 1; ; attempt += 1) {
        const problem = await post(body, signature, signal);
        if (problem === null) return;
        if (!problem.mayPass || attempt >= attempts || signal.aborted) throw new Error(problem.text);
        await clock.sleep(pauseMs, signal);
      }
    },
  };
}

interface Problem {
  readonly text: string;
  readonly mayPass: boolean;
}

/** The code, where the network has one: a message may quote the URL. */
function nameTrouble(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown error');
}
