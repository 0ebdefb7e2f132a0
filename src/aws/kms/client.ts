/** The AWS SDK client behind a sender. Retries are ours, so the SDK tries once. */
import {
  ConnectCustomKeyStoreCommand,
  CreateAliasCommand,
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  KMSClient,
  type KMSClientConfig,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeysCommand,
  UpdateCustomKeyStoreCommand,
} from '@aws-sdk/client-kms';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type AssumedRole, assumeRole } from '../assume-role.ts';
import { type ClockOffset, shareClock } from '../clock-offset.ts';
import { limitCredentialProcesses } from '../credential-process.ts';
import { resolveCredentials } from '../credentials.ts';
import { within } from '../time-limit.ts';
import type { KmsOperation, Send } from './send.ts';

export interface ClientOptions {
  /**
   * The AWS Region of the store.
   *
   * @default `AWS_REGION`, else the Region of the profile
   * @example 'eu-central-1'
   */
  readonly region?: string;
  /**
   * A profile of the shared AWS configuration files.
   *
   * @default `AWS_PROFILE`, else `default`
   * @example 'kms-operator'
   */
  readonly profile?: string;
  /**
   * AWS credentials, or a function that returns them. A function is called again before they expire, and when KMS rejects
   * them during a run.
   *
   * @default the credential provider chain of the AWS SDK: environment, profile, container, instance
   * @example fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::111122223333:role/cks-operator' } })
   */
  readonly credentials?: NonNullable<KMSClientConfig['credentials']>;
  /**
   * The endpoint of KMS.
   *
   * @default `AWS_ENDPOINT_URL_KMS`, `AWS_ENDPOINT_URL` or the profile, else the endpoint of AWS in the Region
   * @example 'http://127.0.0.1:4599'
   */
  readonly endpoint?: string;
  /**
   * Verify the TLS certificate of the endpoint.
   *
   * @default true
   */
  readonly verifySsl?: boolean;
  /**
   * Trusted certificates in PEM format, instead of the certificate authorities of Node.js. Also for the external key store
   * proxy.
   *
   * @default the certificate authorities of Node.js
   * @example readFileSync('company-ca.pem', 'utf8')
   */
  readonly trusted?: string;
  /**
   * The longest wait for an answer, to its last byte, in milliseconds. At most 5 minutes, which 0 stands for: a store may be
   * offline behind a call that is never answered.
   *
   * @default 30_000, and 5_000 for requests that only read
   */
  readonly readTimeoutMs?: number;
  /**
   * The longest wait for a connection, in milliseconds. 0: no limit.
   *
   * @default 5_000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Sign requests. If false, requests are sent unsigned, and no credentials are looked up.
   *
   * @default true
   */
  readonly signRequests?: boolean;
  /**
   * A role to assume for all requests, also of another account.
   *
   * @default none
   * @example { roleArn: 'arn:aws:iam::111122223333:role/cks-operator', sessionName: 'change-4711' }
   */
  readonly role?: AssumedRole;
}

/** What makes two clients the same: theirs are the same calls to the same place. */
export function identifyClient({ region, profile, credentials, endpoint, ...options }: ClientOptions): string {
  const { verifySsl, trusted, readTimeoutMs, connectTimeoutMs, signRequests, role } = options;
  const course = [verifySsl, trusted, readTimeoutMs, connectTimeoutMs, signRequests, role];
  return JSON.stringify([region, profile, credentials && identify(credentials), endpoint, ...course]);
}

const known = new WeakMap<object, number>();
let knownCount = 0;

/** Compares credentials as objects, so that no text holds what is in them. */
function identify(credentials: object): number {
  const number = known.get(credentials) ?? ++knownCount;
  known.set(credentials, number);
  return number;
}

/** The SDK would write its warnings to the console; cks logs requests elsewhere, and SDK notices do not belong in its output. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** KMS may take seconds to judge an Update; a read that takes as long is lost, and five of them are tried in a row. */
const timeoutsMs = { connection: 5_000, mutation: 30_000, read: 5_000, longest: 300_000 };

const unsigned: KMSClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

/** `clock`: shared by clients that follow one another. */
export function createClient(options: ClientOptions, clock: ClockOffset = { systemClockOffset: 0 }): KMSClient {
  limitCredentialProcesses();
  const { region, profile, credentials, endpoint, verifySsl = true, trusted, signRequests = true, role } = options;
  const config: KMSClientConfig = {
    maxAttempts: 1,
    logger: silent,
    // Configuration files are read anew: people log in again in another window while a run waits for them.
    credentialDefaultProvider: (init) => defaultProvider({ ...init, ignoreCache: true }),
    // These end with the headers of an answer; `createSend` limits the whole.
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? timeoutsMs.connection,
      requestTimeout: options.readTimeoutMs ?? timeoutsMs.mutation,
      throwOnRequestTimeout: true,
      logger: silent,
      ...(verifySsl ? {} : { httpsAgent: { rejectUnauthorized: false } }),
      ...(verifySsl && trusted !== undefined ? { httpsAgent: { ca: trusted } } : {}),
    },
    ...(signRequests ? {} : unsigned),
  };
  const client = new KMSClient({
    ...config,
    ...(credentials ? { credentials } : {}),
    ...(role ? { credentials: assumeRole(role, options, clock) } : {}),
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    ...(endpoint ? { endpoint } : {}),
  });
  shareClock(client.config, clock);
  return client;
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
  CreateKey: CreateKeyCommand,
  CreateAlias: CreateAliasCommand,
  EnableKey: EnableKeyCommand,
  DisableKey: DisableKeyCommand,
  ListAliases: ListAliasesCommand,
  GetKeyLastUsage: GetKeyLastUsageCommand,
  ListGrants: ListGrantsCommand,
  GetKeyPolicy: GetKeyPolicyCommand,
  Encrypt: EncryptCommand,
  Decrypt: DecryptCommand,
  GenerateRandom: GenerateRandomCommand,
} as const satisfies Record<KmsOperation, unknown>;

const mutations: ReadonlySet<string> = new Set<KmsOperation>([
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
  'CreateCustomKeyStore',
  'DeleteCustomKeyStore',
  'CreateKey',
  'CreateAlias',
  'EnableKey',
  'DisableKey',
]);

export interface SendOptions {
  /** As in the options of a client. */
  readonly readTimeoutMs?: number | undefined;
  readonly credentialsLimitMs?: number;
}

/** `find`: the client in use now. Each request resolves its credentials first, within a limit of their own. */
export function createSend(
  find: () => Pick<KMSClient, 'send' | 'config'>,
  { readTimeoutMs, credentialsLimitMs }: SendOptions = {},
): Send {
  return async (operation, input, signal) => {
    const Command = commands[operation] as new (input: object) => DescribeCustomKeyStoresCommand;
    const isMutation = mutations.has(operation);
    const stop = isMutation ? undefined : signal;
    const limitMs = findLimitMs(readTimeoutMs, isMutation ? timeoutsMs.mutation : timeoutsMs.read);
    const client = find();
    await resolveCredentials(client, {
      stop,
      ...(credentialsLimitMs === undefined ? {} : { limitMs: credentialsLimitMs }),
    });
    const { $metadata, ...output } = await within({ limitMs, stop }, (abortSignal) =>
      client.send(new Command(input), { abortSignal }),
    );
    return { output, ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }) };
  };
}

function findLimitMs(wantedMs: number | undefined, usualMs: number): number {
  return wantedMs === undefined ? usualMs : Math.min(wantedMs || timeoutsMs.longest, timeoutsMs.longest);
}
