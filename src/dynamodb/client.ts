/** Amazon DynamoDB. Its package is optional, and loaded with the first question. */
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { type Ask, createAsk, type Neighbourhood, preferNamedEndpoint } from '../kms/neighbour.ts';

export type AskDynamoDb = Ask<DynamoDB>;

/** `region`: default that of KMS. */
export function createAskDynamoDb(neighbourhood: Neighbourhood, region?: string): AskDynamoDb {
  return createAsk(neighbourhood, '@aws-sdk/client-dynamodb', async (config) => {
    const { DynamoDB } = await import('@aws-sdk/client-dynamodb');
    return new DynamoDB({ ...preferNamedEndpoint(config, 'DYNAMODB'), ...(region ? { region } : {}) });
  });
}
