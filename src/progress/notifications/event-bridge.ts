/** Amazon EventBridge: one event a notice, with the notice as its detail. */
import type { Neighbourhood } from '../../aws/service-client.ts';
import type { NotificationTarget } from '../../ports/notifications.ts';
import { createAskBus } from './clients.ts';

const eventSource = 'cks-safe-update';

/** `bus`: its name, in the Region of the store, or its ARN. */
export function createEventBridgeTarget(neighbourhood: Neighbourhood, bus: string): NotificationTarget {
  const ask = createAskBus(neighbourhood)(bus);
  return {
    name: `eventbridge:${bus}`,
    async send(notification, signal) {
      const entry = {
        EventBusName: bus,
        Source: eventSource,
        DetailType: notification.type,
        Detail: JSON.stringify(notification),
        Time: new Date(notification.at),
      };
      const answer = await ask((client, options) => client.putEvents({ Entries: [entry] }, options), signal);
      if (!answer.ok) throw new Error(answer.failure.message);
      const [result] = answer.value.Entries ?? [];
      if (result?.ErrorCode) throw new Error(result.ErrorMessage ?? result.ErrorCode);
    },
  };
}
