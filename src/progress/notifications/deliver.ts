/**
 * Delivers notifications one after another, beside the run, which waits for none and continues without those that are lost.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Notification, NotificationTarget } from '../../ports/notifications.ts';

export interface Delivery {
  emit(notification: Notification): void;
  /** Waits for what is under way, some seconds at most; the rest is lost. Never fails. */
  flush(): Promise<void>;
}

/** Beyond that the oldest are lost: the last ones say how it ended. */
const waitingAtMost = 1_000;
const flushAtMostMs = 5_000;

/** `onLost`: told once, with a sentence for people. */
export function deliver(notifications: NotificationTarget, onLost: (problem: string) => void, clock: Clock): Delivery {
  let waiting: Notification[] = [];
  let sending: Promise<void> | undefined;
  let waitLimits = new AbortController();
  let isLost = false;

  function lose(why: string): void {
    if (!isLost) onLost(`notices to ${notifications.name} are lost: ${why}`);
    isLost = true;
  }

  async function sendAll({ signal }: AbortController): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await notifications.send(next, signal);
      } catch (error) {
        lose(error instanceof Error ? error.message : String(error));
      }
      if (signal.aborted) return;
    }
    sending = undefined;
  }

  return {
    emit(notification) {
      waiting.push(notification);
      if (waiting.length > waitingAtMost) {
        waiting.shift();
        lose(`more than ${waitingAtMost} are waiting`);
      }
      sending ??= sendAll(waitLimits);
    },

    async flush() {
      if (sending === undefined) return;
      const over = new AbortController();
      const late = clock.sleep(flushAtMostMs, over.signal).then(() => {
        if (over.signal.aborted) return;
        lose(`not delivered within ${flushAtMostMs / 1_000} seconds`);
        waiting = [];
        sending = undefined;
        waitLimits.abort();
        waitLimits = new AbortController();
      });
      await Promise.race([sending, late]);
      over.abort();
    },
  };
}
