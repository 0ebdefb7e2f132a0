/** The services that notices go to. Their packages are optional, and loaded with the first question. */
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { SNS } from '@aws-sdk/client-sns';
import { type Ask, createAsk, type Neighbourhood } from '../../aws/service-client.ts';

const sns = { packageName: '@aws-sdk/client-sns', serviceId: 'SNS' };
const eventBridge = { packageName: '@aws-sdk/client-eventbridge', serviceId: 'EventBridge' };

/** An ARN names the Region of a topic. */
export function createAskTopic(neighbourhood: Neighbourhood): (topicArn: string) => Ask<SNS> {
  return (topicArn) =>
    createAsk(neighbourhood, sns, async (config) => {
      const { SNS } = await import('@aws-sdk/client-sns');
      const region = topicArn.split(':')[3];
      return new SNS({ ...config, ...(region ? { region } : {}) });
    });
}

/** A bus that is named by its name is in the Region of the store. */
export function createAskBus(neighbourhood: Neighbourhood): (bus: string) => Ask<EventBridge> {
  return (bus) =>
    createAsk(neighbourhood, eventBridge, async (config) => {
      const { EventBridge } = await import('@aws-sdk/client-eventbridge');
      const region = /^arn:[\w-]+:events:([\w-]+):/.exec(bus)?.[1];
      return new EventBridge({ ...config, ...(region ? { region } : {}) });
    });
}
