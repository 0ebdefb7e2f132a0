/** Amazon DynamoDB. Its package is optional, and loaded with the first question. */
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { type Ask, createAsk, type Neighbourhood } from '../kms/neighbour.ts';

export type AskDynamoDb = Ask<DynamoDB>;

/** `region`: default that of KMS. An endpoint of its own in the environment wins over that of a simulator. */
export function createAskDynamoDb(neighbourhood: Neighbourhood, region?: string): AskDynamoDb {
  return createAsk(neighbourhood, '@aws-sdk/client-dynamodb', async ({ endpoint, ...config }) => {
    const { DynamoDB } = await import('@aws-sdk/client-dynamodb');
    const isNamed = Boolean(process.env.AWS_ENDPOINT_URL_DYNAMODB);
    return new DynamoDB({
      ...config,
      ...(region ? { region } : {}),
      ...(endpoint && !isNamed ? { endpoint } : {}),
    });
  });
}
