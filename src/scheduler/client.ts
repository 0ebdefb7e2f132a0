/** Amazon EventBridge Scheduler. Its package is optional, and loaded with the first question. */
import type { Scheduler } from '@aws-sdk/client-scheduler';
import { type Ask, createAsk, type Neighbourhood } from '../kms/neighbour.ts';

export type AskScheduler = Ask<Pick<Scheduler, 'createSchedule' | 'getSchedule' | 'deleteSchedule'>>;

export function createAskScheduler(neighbourhood: Neighbourhood): AskScheduler {
  return createAsk(neighbourhood, '@aws-sdk/client-scheduler', async (config) => {
    const { Scheduler: Client } = await import('@aws-sdk/client-scheduler');
    // A retry of the SDK would hide that the try before it may have been carried out: the run retries.
    return new Client({ ...config, maxAttempts: 1 });
  });
}
