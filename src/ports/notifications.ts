/** Where notifications of a run go: a bus, a topic, a URL. */
import type { ProgressEvent, RunContext } from './progress.ts';

/** One event of a run, with where the run was; JSON, and no secret in it. */
export interface Notification extends Omit<RunContext, 'store'> {
  readonly type: ProgressEvent['type'];
  /** ISO 8601. */
  readonly at: string;
  /** What else the event holds, such as `outcome`. */
  readonly [detail: string]: unknown;
}

export interface NotificationTarget {
  /** Where they go, for people; nothing in it may be a secret. */
  readonly name: string;
  /** @throws if the notification did not arrive; then it is lost. `signal`: ends the attempt. */
  send(notification: Notification, signal: AbortSignal): Promise<void>;
}
