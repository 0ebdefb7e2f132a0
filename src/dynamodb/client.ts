/** Amazon DynamoDB. Its package is optional, and loaded with the first question. */
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import {
  type Ask,
  type configureNeighbour,
  createAsk,
  type Neighbourhood,
  preferNamedEndpoint,
} from '../kms/neighbour.ts';

export type AskDynamoDb = Ask<DynamoDB>;

/** With its repetitions: a store may be offline while a run waits for it. */
const answersWithinMs = 4_000;

/** `region`: default that of KMS. */
export function createAskDynamoDb(neighbourhood: Neighbourhood, region?: string): AskDynamoDb {
  const load = async (config: ReturnType<typeof configureNeighbour>) => {
    const { DynamoDB } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDB({ ...preferNamedEndpoint(config, 'DYNAMODB'), ...(region ? { region } : {}) });
    client.middlewareStack.add(
      (next) => async (request) => {
        const result = await next(request);
        const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
        if (result.output) Object.assign(result.output.$metadata, { date: headers?.date });
        return result;
      },
      { step: 'deserialize', priority: 'high' },
    );
    return client;
  };
  return createAsk(neighbourhood, '@aws-sdk/client-dynamodb', load, answersWithinMs);
}

/** When DynamoDB answered, by its own clock; undefined where it did not say. */
export function readDate(metadata: object): number | undefined {
  const { date } = metadata as { readonly date?: string };
  const atMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(atMs) ? undefined : atMs;
}
