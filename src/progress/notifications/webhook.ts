/**
 * A URL that takes a POST of the notice as JSON. Where a secret is given, the header `x-cks-signature` holds
 * `sha256=` and the HMAC of the body in hex, so that the receiver knows whom it is from.
 */
import { createHmac } from 'node:crypto';
import { postJson } from '../../aws/post-json.ts';
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
  return {
    // Paths and queries of such URLs often hold a token.
    name: url.host,
    async send(notification, signal) {
      const body = JSON.stringify(notification);
      const secret = await findSecret?.();
      const hmac = secret === undefined ? undefined : createHmac('sha256', secret).update(body).digest('hex');
      const signature = hmac === undefined ? {} : { 'x-cks-signature': `sha256=${hmac}` };
      const headers = { 'user-agent': 'cks-safe-update', ...signature };
      await postJson(url, body, { name: 'it', headers, signal, limitMs, retries: 1, pauseMs });
    },
  };
}
