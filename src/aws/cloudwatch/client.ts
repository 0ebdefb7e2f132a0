/** Amazon CloudWatch. Its package is optional, and loaded with the first question. */
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';

export type AskCloudWatch = Ask<Pick<CloudWatch, 'getMetricData'>>;

export function createAskCloudWatch(neighbourhood: Neighbourhood): AskCloudWatch {
  return createAsk(
    neighbourhood,
    { packageName: '@aws-sdk/client-cloudwatch', serviceId: 'CloudWatch' },
    async (config) => {
      const { CloudWatch: Client } = await import('@aws-sdk/client-cloudwatch');
      return new Client(config);
    },
  );
}
