/** Amazon DynamoDB. Its package is optional, and loaded with the first question. */
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { type Ask, createAsk, type NeighbourConfig, type Neighbourhood } from '../service-client.ts';
import { keepDate } from '../service-date.ts';

export type AskDynamoDb = Ask<DynamoDB>;

const service = { packageName: '@aws-sdk/client-dynamodb', serviceId: 'DynamoDB' };

/** With its repetitions: a store may be offline while a run waits for it. */
const answersWithinMs = 4_000;

/** `region`: default that of KMS. */
export function createAskDynamoDb(neighbourhood: Neighbourhood, region?: string): AskDynamoDb {
  const load = async (config: NeighbourConfig) => {
    const { DynamoDB } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDB({ ...config, ...(region ? { region } : {}) });
    client.middlewareStack.add(...keepDate);
    return client;
  };
  return createAsk(neighbourhood, service, load, answersWithinMs);
}
