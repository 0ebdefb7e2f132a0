/**
 * A URL that takes a POST of the notice as JSON. Where a secret is given, the header `x-cks-signature` holds
 * `sha256=` and the HMAC of the body in hex, so that the receiver knows whom it is from.
 */
import { createHmac } from 'node:crypto';
import pRetry, { AbortError } from 'p-retry';
import { within } from '../../aws/time-limit.ts';
import type { NotificationTarget } from '../../ports/notifications.ts';

export interface WebhookOptions {
  readonly url: URL;
  /** Asked for with each notice; absent: nothing is signed. */
  readonly findSecret?: () => Promise<string>;
  /** How long one attempt may take. Default 5 s. */
  readonly limitMs?: number;
  /** Before the second attempt. Default 1 s. */
  readonly pauseMs?: number;
}

export function createWebhookTarget({
  url,
  findSecret,
  limitMs = 5_000,
  pauseMs = 1_000,
}: WebhookOptions): NotificationTarget {
  async function post(body: string, signature: object, signal: AbortSignal): Promise<void> {
    const status = await within({ limitMs, stop: signal }, async (abortSignal) => {
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'user-agent': 'cks-safe-update', ...signature },
        // A redirect may lead anywhere.
        redirect: 'manual',
        signal: abortSignal,
      });
      await answer.body?.cancel();
      return answer.status;
    }).catch((error: unknown) => {
      throw new Error(`it did not answer (${nameTrouble(error)})`);
    });
    if (status >= 200 && status < 300) return;
    const mayPass = status === 429 || status >= 500;
    throw mayPass ? new Error(`it answered ${status}`) : new AbortError(`it answered ${status}`);
  }

  return {
    // Paths and queries of such URLs often hold a token.
    name: url.host,
    async send(notification, signal) {
      const body = JSON.stringify(notification);
      const secret = await findSecret?.();
      const hmac = secret === undefined ? undefined : createHmac('sha256', secret).update(body).digest('hex');
      const signature = hmac === undefined ? {} : { 'x-cks-signature': `sha256=${hmac}` };
      await pRetry(() => post(body, signature, signal), { retries: 1, minTimeout: pauseMs, signal });
    },
  };
}

/** The code, where the network has one: a message may quote the URL. */
function nameTrouble(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown error');
}
