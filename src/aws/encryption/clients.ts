/** The services that are asked only about what a run needs. Their packages are optional, and loaded with the first question. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { Lambda } from '@aws-sdk/client-lambda';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';

const logs = { packageName: '@aws-sdk/client-cloudwatch-logs', serviceId: 'CloudWatch Logs' };
const lambda = { packageName: '@aws-sdk/client-lambda', serviceId: 'Lambda' };

/** `region`: of the function; default that of KMS. */
export function createAskLogs(neighbourhood: Neighbourhood, region?: string): Ask<CloudWatchLogs> {
  return createAsk(neighbourhood, logs, async (config) => {
    const { CloudWatchLogs } = await import('@aws-sdk/client-cloudwatch-logs');
    return new CloudWatchLogs({ ...config, ...(region ? { region } : {}) });
  });
}

/** `region`: as above. */
export function createAskLambda(neighbourhood: Neighbourhood, region?: string): Ask<Lambda> {
  return createAsk(neighbourhood, lambda, async (config) => {
    const { Lambda } = await import('@aws-sdk/client-lambda');
    return new Lambda({ ...config, ...(region ? { region } : {}) });
  });
}
