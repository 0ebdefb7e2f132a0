/** AWS CloudTrail. Its package is optional, and loaded with the first question. */
import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';

export type AskCloudTrail = Ask<Pick<CloudTrail, 'lookupEvents'>>;

export function createAskCloudTrail(neighbourhood: Neighbourhood): AskCloudTrail {
  return createAsk(
    neighbourhood,
    { packageName: '@aws-sdk/client-cloudtrail', serviceId: 'CloudTrail' },
    async (config) => {
      const { CloudTrail: Client } = await import('@aws-sdk/client-cloudtrail');
      return new Client(config);
    },
  );
}
