/** The AWS SDK client behind a sender. Retries are ours, so the SDK tries once. */
import {
  ConnectCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DisconnectCustomKeyStoreCommand,
  KMSClient,
  type KMSClientConfig,
  UpdateCustomKeyStoreCommand,
} from '@aws-sdk/client-kms';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Send } from './kms.ts';

export interface ClientOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

export function createClient({ region, profile, endpoint }: ClientOptions): KMSClient {
  const config: KMSClientConfig = {
    maxAttempts: 1,
    // Configuration files are read anew: people log in again in another window while a run waits for them.
    credentialDefaultProvider: (init) => defaultProvider({ ...init, ignoreCache: true }),
    // Without a timeout a call whose answer is lost would hang for ever, with a store offline behind it.
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
  return new KMSClient({
    ...config,
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    ...(endpoint ? { endpoint } : {}),
  });
}

const commands = {
  DescribeCustomKeyStores: DescribeCustomKeyStoresCommand,
  UpdateCustomKeyStore: UpdateCustomKeyStoreCommand,
  ConnectCustomKeyStore: ConnectCustomKeyStoreCommand,
  DisconnectCustomKeyStore: DisconnectCustomKeyStoreCommand,
} as const;

export function createSend(client: Pick<KMSClient, 'send'>): Send {
  return async (operation, input) => {
    const Command = commands[operation] as new (input: object) => DescribeCustomKeyStoresCommand;
    const { $metadata, ...output } = await client.send(new Command(input));
    return { output, ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }) };
  };
}

export interface Place {
  readonly region: string;
  /** `unknown` where the credentials' provider does not tell it. */
  readonly account: string;
}

/** Region and account, as far as the configuration and the credentials know them. What is missing, Describe will say. */
export async function findPlace(client: KMSClient): Promise<Place> {
  const region = await client.config.region().catch(() => 'unknown');
  const { accountId = 'unknown' } = await client.config.credentials().catch(() => ({ accountId: 'unknown' }));
  return { region, account: accountId };
}
