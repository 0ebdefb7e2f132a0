/** Amazon DynamoDB. Its package is optional, and loaded with the first question. */
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import {
  type Ask,
  type configureNeighbour,
  createAsk,
  type Neighbourhood,
  preferNamedEndpoint,
} from '../kms/neighbour.ts';
import { keepDate } from '../kms/service-date.ts';

export type AskDynamoDb = Ask<DynamoDB>;

/** With its repetitions: a store may be offline while a run waits for it. */
const answersWithinMs = 4_000;

/** `region`: default that of KMS. */
export function createAskDynamoDb(neighbourhood: Neighbourhood, region?: string): AskDynamoDb {
  const load = async (config: ReturnType<typeof configureNeighbour>) => {
    const { DynamoDB } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDB({ ...preferNamedEndpoint(config, 'DYNAMODB'), ...(region ? { region } : {}) });
    client.middlewareStack.add(...keepDate);
    return client;
  };
  return createAsk(neighbourhood, '@aws-sdk/client-dynamodb', load, answersWithinMs);
}
