/** Amazon EventBridge: one event a notice, with the notice as its detail. */
import type { Neighbourhood } from '../kms/neighbour.ts';
import type { Notices } from '../ports/notices.ts';
import { createAskBus } from './clients.ts';

const eventSource = 'cks-safe-update';

/** `bus`: its name, in the Region of the store, or its ARN. */
export function createEventBridgeNotices(neighbourhood: Neighbourhood, bus: string): Notices {
  const ask = createAskBus(neighbourhood)(bus);
  return {
    name: `eventbridge:${bus}`,
    async send(notice, signal) {
      const entry = {
        EventBusName: bus,
        Source: eventSource,
        DetailType: notice.type,
        Detail: JSON.stringify(notice),
        Time: new Date(notice.time),
      };
      const answer = await ask((client, options) => client.putEvents({ Entries: [entry] }, options), signal);
      if (!answer.ok) throw new Error(answer.failure.message);
      const [result] = answer.value.Entries ?? [];
      if (result?.ErrorCode) throw new Error(result.ErrorMessage ?? result.ErrorCode);
    },
  };
}
