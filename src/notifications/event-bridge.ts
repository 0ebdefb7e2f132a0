/** Amazon EventBridge: one event a notice, with the notice as its detail. The package is loaded with the first one. */
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import { type Ask, createAsk, type Neighbourhood, preferNamedEndpoint } from '../kms/neighbour.ts';
import type { NotificationTarget } from '../ports/notifications.ts';

const eventSource = 'cks-safe-update';

/** `bus`: its name, in the Region of the store, or its ARN. */
export function createEventBridgeTarget(neighbourhood: Neighbourhood, bus: string): NotificationTarget {
  const region = /^arn:[\w-]+:events:([\w-]+):/.exec(bus)?.[1];
  const ask: Ask<EventBridge> = createAsk(neighbourhood, '@aws-sdk/client-eventbridge', async (config) => {
    const { EventBridge } = await import('@aws-sdk/client-eventbridge');
    return new EventBridge({ ...preferNamedEndpoint(config, 'EVENTBRIDGE'), ...(region ? { region } : {}) });
  });
  return {
    name: `eventbridge:${bus}`,
    async send(notification, signal) {
      const entry = {
        EventBusName: bus,
        Source: eventSource,
        DetailType: notification.type,
        Detail: JSON.stringify(notification),
        Time: new Date(notification.time),
      };
      const answer = await ask((client, options) => client.putEvents({ Entries: [entry] }, options), signal);
      if (!answer.ok) throw new Error(answer.failure.message);
      const [result] = answer.value.Entries ?? [];
      if (result?.ErrorCode) throw new Error(result.ErrorMessage ?? result.ErrorCode);
    },
  };
}
