/** The services that are asked only about what a run needs. Their packages are optional, and loaded with the first question. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { SNS } from '@aws-sdk/client-sns';
import { type Ask, createAsk, type Neighbourhood, preferNamedEndpoint } from '../kms/neighbour.ts';

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
    return new Lambda({ ...preferNamedEndpoint(config, 'LAMBDA'), ...(region ? { region } : {}) });
  });
}

/** An ARN names the Region of a topic. */
export function createAskTopic(neighbourhood: Neighbourhood): (topicArn: string) => Ask<SNS> {
  return (topicArn) =>
    createAsk(neighbourhood, '@aws-sdk/client-sns', async (config) => {
      const { SNS } = await import('@aws-sdk/client-sns');
      const region = topicArn.split(':')[3];
      return new SNS({ ...preferNamedEndpoint(config, 'SNS'), ...(region ? { region } : {}) });
    });
}

/** A bus that is named by its name is in the Region of the store. */
export function createAskBus(neighbourhood: Neighbourhood): (bus: string) => Ask<EventBridge> {
  return (bus) =>
    createAsk(neighbourhood, '@aws-sdk/client-eventbridge', async (config) => {
      const { EventBridge } = await import('@aws-sdk/client-eventbridge');
      const region = /^arn:[\w-]+:events:([\w-]+):/.exec(bus)?.[1];
      return new EventBridge({ ...preferNamedEndpoint(config, 'EVENTBRIDGE'), ...(region ? { region } : {}) });
    });
}
