/** Amazon EventBridge Scheduler. Its package is optional, and loaded with the first question. */
import type { Scheduler } from '@aws-sdk/client-scheduler';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';

export type AskScheduler = Ask<Pick<Scheduler, 'createSchedule' | 'getSchedule' | 'deleteSchedule'>>;

export function createAskScheduler(neighbourhood: Neighbourhood): AskScheduler {
  return createAsk(
    neighbourhood,
    { packageName: '@aws-sdk/client-scheduler', serviceId: 'Scheduler' },
    async (config) => {
      const { Scheduler: Client } = await import('@aws-sdk/client-scheduler');
      return new Client(config);
    },
  );
}
