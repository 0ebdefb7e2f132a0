import type { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { createClient, createSend } from '../../../src/aws/kms/client.ts';
import { findPlace } from '../../../src/aws/place.ts';

function clientOf(config: { region?: () => Promise<string>; credentials?: () => Promise<object> }): KMSClient {
  return { config: { region: async () => 'us-east-1', credentials: async () => ({}), ...config } } as never;
}

const fail = async () => {
  throw new Error('Could not load credentials from any providers');
};

describe('the place', () => {
  it.each([
    ['Region and account', { credentials: async () => ({ accountId: '111122223333' }) }, 'us-east-1', '111122223333'],
    ['no account where the credentials do not tell it', {}, 'us-east-1', 'unknown'],
    ['no account where there are no credentials', { credentials: fail }, 'us-east-1', 'unknown'],
    ['no Region where none is configured', { region: fail }, 'unknown', 'unknown'],
  ])('has %s', async (_, config, region, account) => {
    expect(await findPlace(clientOf(config))).toEqual({ region, account });
  });
});

const config = { credentials: async () => ({}) };

describe('the sender', () => {
  it('returns what KMS answers with its request id', async () => {
    const sent: unknown[] = [];
    const client = {
      async send({ input }: { input: object }) {
        sent.push(input);
        return { $metadata: { requestId: 'request-1' }, CustomKeyStores: [] };
      },
    };
    const send = createSend(() => ({ config, ...client }) as never);
    const answer = { output: { CustomKeyStores: [] }, requestId: 'request-1' };

    expect(await send('DescribeCustomKeyStores', { Marker: 'a' })).toEqual(answer);
    expect(await send('ConnectCustomKeyStore', { CustomKeyStoreId: 'cks-1' })).toEqual(answer);
    expect(sent).toEqual([{ Marker: 'a' }, { CustomKeyStoreId: 'cks-1' }]);
  });

  it('is told by its client not to retry', async () => {
    const client = createClient({ region: 'eu-central-1', endpoint: 'http://127.0.0.1:1' });

    expect(await client.config.maxAttempts()).toBe(1);
    expect(await client.config.region()).toBe('eu-central-1');
  });

  it.each([
    [{}, { requestTimeout: 30_000, connectionTimeout: 5_000 }],
    [
      { readTimeoutMs: 1_000, connectTimeoutMs: 0 },
      { requestTimeout: 1_000, connectionTimeout: 0 },
    ],
  ])('with %j waits %j', async (options, timeouts) => {
    const { config } = createClient({ region: 'eu-central-1', ...options });
    const requestHandler = config.requestHandler as typeof config.requestHandler & { httpHandlerConfigs(): object };
    await requestHandler.handle({} as never).catch(() => undefined);

    expect(requestHandler.httpHandlerConfigs()).toMatchObject(timeouts);
  });
});
