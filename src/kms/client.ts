/** The AWS SDK client behind a sender. Retries are ours, so the SDK tries once. */
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  DecryptCommand,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EncryptCommand,
  GenerateRandomCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  type KMSClientConfig,
  ListAliasesCommand,
  ListKeysCommand,
  UpdateCustomKeyStoreCommand,
} from '@aws-sdk/client-kms';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Operation } from '../domain/outcome.ts';
import type { KeyOperation, Send } from './send.ts';

export interface ClientOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

/** The SDK would write its warnings to the console; our requests are told elsewhere, and its notices are no output of ours. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** KMS may take seconds to judge an Update; a read that takes as long is lost, and five of them are tried in a row. */
const timeoutsMs = { connection: 5_000, mutation: 30_000, read: 5_000 };

export function createClient({ region, profile, endpoint }: ClientOptions): KMSClient {
  const config: KMSClientConfig = {
    maxAttempts: 1,
    logger: silent,
    // Configuration files are read anew: people log in again in another window while a run waits for them.
    credentialDefaultProvider: (init) => defaultProvider({ ...init, ignoreCache: true }),
    // Without a timeout a call whose answer is lost would hang for ever, with a store offline behind it.
    requestHandler: {
      connectionTimeout: timeoutsMs.connection,
      requestTimeout: timeoutsMs.mutation,
      throwOnRequestTimeout: true,
      logger: silent,
    },
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
  CreateCustomKeyStore: CreateCustomKeyStoreCommand,
  DeleteCustomKeyStore: DeleteCustomKeyStoreCommand,
  ListKeys: ListKeysCommand,
  DescribeKey: DescribeKeyCommand,
  ListAliases: ListAliasesCommand,
  GetKeyLastUsage: GetKeyLastUsageCommand,
  Encrypt: EncryptCommand,
  Decrypt: DecryptCommand,
  GenerateRandom: GenerateRandomCommand,
} as const satisfies Record<Operation | KeyOperation, unknown>;

const mutations: ReadonlySet<string> = new Set<Operation>([
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
  'CreateCustomKeyStore',
  'DeleteCustomKeyStore',
]);

export function createSend(client: Pick<KMSClient, 'send'>): Send {
  return async (operation, input, signal) => {
    const Command = commands[operation] as new (input: object) => DescribeCustomKeyStoresCommand;
    const reading = { requestTimeout: timeoutsMs.read, ...(signal ? { abortSignal: signal } : {}) };
    const options = mutations.has(operation) ? {} : reading;
    const { $metadata, ...output } = await client.send(new Command(input), options);
    return { output, ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }) };
  };
}
