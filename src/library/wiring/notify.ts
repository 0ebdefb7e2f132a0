/** The notification targets of a run, as callers name them. */

import type { Neighbourhood } from '../../aws/service-client.ts';
import { isKeptReference, type KeptReference } from '../../domain/change.ts';
import type { NotificationTarget } from '../../ports/notifications.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { createEventBridgeTarget } from '../../progress/notifications/event-bridge.ts';
import { type NotificationSelection, notificationSelections } from '../../progress/notifications/notification.ts';
import { createSnsTarget } from '../../progress/notifications/sns.ts';
import { createWebhookTarget } from '../../progress/notifications/webhook.ts';
import { InvalidInputError } from '../../run/errors.ts';

export interface NotifyOptions {
  /**
   * `eventbridge:BUS` (name or ARN), `sns:ARN`, a URL that begins with https:// and takes a POST of JSON, or a receiver of
   * your own. AWS is asked with the credentials at hand, also where a role is taken on for the store.
   */
  readonly to: string | NotificationTarget;
  /**
   * `notable`: outages, holds, waits for KMS, and the end.
   *
   * @default 'notable'
   */
  readonly events?: NotificationSelection;
  /**
   * Where the secret is that signs what is posted to a URL: `env:NAME`, `file:PATH` or `secretsmanager:ARN`.
   *
   * @default none: not signed
   * @example 'env:WEBHOOK_SECRET'
   */
  readonly secret?: string;
}

/** As text: where to. */
export type Notify = string | NotifyOptions;

const busName = /^([\w./-]{1,256}|arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]{1,256})$/;
const topicArn = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/;

/** What the text stands for. @throws {InvalidInputError} that repeats no URL: it may hold a token. */
function readTarget(to: string): { readonly bus: string } | { readonly topic: string } | { readonly url: URL } {
  const [, kind, where = ''] = /^(eventbridge|sns):(.*)$/s.exec(to) ?? [];
  if (kind === 'eventbridge' && busName.test(where)) return { bus: where };
  if (kind === 'sns' && topicArn.test(where)) return { topic: where };
  const url = kind === undefined && URL.canParse(to) ? new URL(to) : null;
  const isHere = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  if (url !== null && isSafe && url.username === '' && url.password === '') return { url };
  throw new InvalidInputError(
    'notify: expected eventbridge:BUS (name or ARN), sns:ARN, or an https:// URL without a user name',
  );
}

/** @throws {InvalidInputError} before anything is sent anywhere. */
export function requireNotify(notify: readonly Notify[] = []): void {
  for (const { to, events, secret } of notify.map(unfold)) {
    const target = typeof to === 'string' ? readTarget(to) : null;
    if (events !== undefined && !notificationSelections.includes(events))
      throw new InvalidInputError(`notify events: expected ${notificationSelections.join(' or ')}`);
    if (secret === undefined) continue;
    if (target === null || !('url' in target)) throw new InvalidInputError('only notifications to a URL are signed');
    if (!isKeptReference(secret))
      throw new InvalidInputError('the secret of notifications: expected env:NAME, file:PATH or secretsmanager:ARN');
  }
}

export interface OpenedNotifications {
  readonly notifications: NotificationTarget;
  readonly events: NotificationSelection;
}

/** @throws {InvalidInputError} */
export function openNotifications(
  notify: readonly Notify[] = [],
  neighbourhood: Neighbourhood,
  secrets: Secrets,
): readonly OpenedNotifications[] {
  requireNotify(notify);
  return notify.map(unfold).map(({ to, events = 'notable', secret }) => ({
    notifications: typeof to === 'string' ? open(to, neighbourhood, secrets, secret) : to,
    events,
  }));
}

function open(
  to: string,
  neighbourhood: Neighbourhood,
  secrets: Secrets,
  secret: string | undefined,
): NotificationTarget {
  const target = readTarget(to);
  if ('bus' in target) return createEventBridgeTarget(neighbourhood, target.bus);
  if ('topic' in target) return createSnsTarget(neighbourhood, target.topic);
  const reference = secret as KeptReference | undefined;
  const signing = reference === undefined ? {} : { findSecret: () => secrets.resolve(reference) };
  return createWebhookTarget({ url: target.url, ...signing });
}

/** The secrets that notices are signed with. */
export function listNotificationSecrets(notify: readonly Notify[] = []): readonly string[] {
  return notify.map(unfold).flatMap(({ secret }) => secret ?? []);
}

/** The topics, by ARN, and the event buses, by name or ARN, that notices go to. */
export function listNotificationTargets(
  notify: readonly Notify[] = [],
): Readonly<Record<'topics' | 'buses', readonly string[]>> {
  const targets = notify.flatMap((one) => {
    const { to } = unfold(one);
    return typeof to === 'string' ? [readTarget(to)] : [];
  });
  return {
    topics: targets.flatMap((target) => ('topic' in target ? [target.topic] : [])),
    buses: targets.flatMap((target) => ('bus' in target ? [target.bus] : [])),
  };
}

const unfold = (one: Notify): NotifyOptions => (typeof one === 'string' ? { to: one } : one);
