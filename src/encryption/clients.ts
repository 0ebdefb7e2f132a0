/** The services that only a function asks about itself. Their packages are optional, and loaded with the first question. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { Lambda } from '@aws-sdk/client-lambda';
import { type Ask, createAsk, type Neighbourhood } from '../kms/neighbour.ts';

/** `region`: of the function; default that of KMS. */
export function createAskLogs(neighbourhood: Neighbourhood, region?: string): Ask<CloudWatchLogs> {
  return createAsk(neighbourhood, '@aws-sdk/client-cloudwatch-logs', async (config) => {
    const { CloudWatchLogs } = await import('@aws-sdk/client-cloudwatch-logs');
    return new CloudWatchLogs({ ...config, ...(region ? { region } : {}) });
  });
}

/** `region`: as above. */
export function createAskLambda(neighbourhood: Neighbourhood, region?: string): Ask<Lambda> {
  return createAsk(neighbourhood, '@aws-sdk/client-lambda', async (config) => {
    const { Lambda } = await import('@aws-sdk/client-lambda');
    return new Lambda({ ...config, ...(region ? { region } : {}) });
  });
}
