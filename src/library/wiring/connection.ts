/** KMS as the AWS SDK, this process and this clock bring it: one connection an account and Region, shared by all verbs. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { ClockOffset } from '../../aws/clock-offset.ts';
import { createAskCloudHsm } from '../../aws/cloudhsm/client.ts';
import { createClusters } from '../../aws/cloudhsm/clusters.ts';
import { createAskCloudTrail } from '../../aws/cloudtrail/client.ts';
import { createKeyTrail } from '../../aws/cloudtrail/key-trail.ts';
import { createAskCloudWatch } from '../../aws/cloudwatch/client.ts';
import { createKeyMetrics } from '../../aws/cloudwatch/key-metrics.ts';
import { createAskDynamoDb } from '../../aws/dynamodb/client.ts';
import { createObservations } from '../../aws/dynamodb/observations.ts';
import { createTable, type Table } from '../../aws/dynamodb/table.ts';
import { createAskEc2 } from '../../aws/ec2/client.ts';
import { createEndpointServices } from '../../aws/ec2/endpoint-services.ts';
import { createNetwork } from '../../aws/ec2/network.ts';
import { createAskLambda, createAskLogs } from '../../aws/encryption/clients.ts';
import { createEncryption } from '../../aws/encryption/encryption.ts';
import { findEndpoint } from '../../aws/endpoints.ts';
import { createCanaryKeys } from '../../aws/kms/canary-keys.ts';
import { type ClientOptions, createClient, createSend, identifyClient } from '../../aws/kms/client.ts';
import { createDescribePage, type DescribePage } from '../../aws/kms/describe-page.ts';
import { createKeys } from '../../aws/kms/keys.ts';
import { createKms } from '../../aws/kms/kms.ts';
import { describeRequests, type SentRequest } from '../../aws/kms/logged-send.ts';
import { createPace, type Pace } from '../../aws/kms/pace.ts';
import { shareObservations } from '../../aws/kms/share-observations.ts';
import type { DescribeSender } from '../../aws/kms/shared-describe.ts';
import { findAccount, findPlace, type Place, readCredentialsLife } from '../../aws/place.ts';
import { createAskScheduler } from '../../aws/scheduler/client.ts';
import { createScheduler } from '../../aws/scheduler/scheduler.ts';
import { createAskAbout } from '../../aws/secrets-manager/client.ts';
import { createSecretVersions } from '../../aws/secrets-manager/secret-versions.ts';
import { createSecretsManager, type ReadSecret } from '../../aws/secrets-manager/secrets-manager.ts';
import type { Neighbourhood } from '../../aws/service-client.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { CanaryKeys } from '../../ports/canary-keys.ts';
import type { Clusters } from '../../ports/clusters.ts';
import type { CredentialsLife } from '../../ports/credentials.ts';
import type { Encryption } from '../../ports/encryption.ts';
import type { EndpointServices } from '../../ports/endpoint-services.ts';
import type { KeyMetrics } from '../../ports/key-metrics.ts';
import type { KeyTrail } from '../../ports/key-trail.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Kms } from '../../ports/kms.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Network } from '../../ports/network.ts';
import type { Schedules } from '../../ports/scheduler.ts';
import type { SecretVersions } from '../../ports/secret-versions.ts';
import { createAskBus, createAskTopic } from '../../progress/notifications/clients.ts';
import {
  count,
  type ExpectedOptions,
  either,
  flag,
  listener,
  milliseconds,
  object,
  text,
  textMap,
  withMethods,
} from './expected.ts';
import { locate } from './locate.ts';
import { findLockTable, findTableRegion } from './lock-table.ts';

export interface ConnectionOptions extends ClientOptions {
  /**
   * A DynamoDB table, by name or ARN. All processes that name it share their locks, login counts and observations.
   *
   * @default `CKS_LOCK_TABLE`, else none
   * @example 'cks-locks'
   */
  readonly lockTable?: string;
  /**
   * Your own KMS client. Turn its retries off: cks retries. Other services are asked with its Region and credentials.
   *
   * @default a client made from the other options
   * @example new KMSClient({ region: 'eu-central-1', maxAttempts: 1 })
   */
  readonly client?: KMSClient;
  /**
   * How often a request to KMS is tried, the first try included, if KMS throttles or does not answer. A request that changes
   * the store is repeated only if it was throttled. While a store is offline because of a run, the run itself continues to
   * try until the wait of its phase ends.
   *
   * @default 5
   */
  readonly maxTries?: number;
  /**
   * Send at most this many requests per second and operation. Only a limit below that of cks has an effect: cks sends one
   * DescribeCustomKeyStores per second, and a quarter of the quota of an operation that uses keys.
   *
   * @default the limits of cks
   */
  readonly maxRequestsPerSecond?: number;
  /**
   * Receives one line for each request and each event, without secrets. A pino logger, or any other of its shape: `debug`,
   * `info`, `warn` and `error` take the fields and then the message, `child` takes fields.
   *
   * @default none
   * @example pino({ level: 'debug' })
   */
  readonly logger?: Logger;
}

export const connectionOptions: ExpectedOptions<ConnectionOptions> = {
  region: text,
  profile: text,
  credentials: either(object, listener),
  endpoint: text,
  verifySsl: flag,
  trusted: text,
  readTimeoutMs: milliseconds,
  connectTimeoutMs: milliseconds,
  signRequests: flag,
  role: textMap,
  client: withMethods('send'),
  maxTries: count,
  maxRequestsPerSecond: count,
  lockTable: text,
  logger: withMethods('debug', 'info', 'warn', 'error', 'child'),
};

export interface Connection {
  readonly kms: Kms;
  readonly describePage: DescribePage;
  /** What stands around KMS; the packages for it are loaded with the first question. */
  readonly clusters: Clusters;
  readonly network: Network;
  readonly endpointServices: EndpointServices;
  readonly keys: Keys;
  readonly canaryKeys: CanaryKeys;
  readonly metrics: KeyMetrics;
  readonly trail: KeyTrail;
  readonly scheduler: Schedules;
  readonly readSecret: ReadSecret;
  readonly secretVersions: SecretVersions;
  readonly encryption: Encryption;
  /** Null: what others do is seen on this machine alone. */
  readonly lockTable: Table | null;
  /** Asked with the credentials at hand, also where a role is taken on for the store. */
  readonly own: Neighbourhood;
  /** As far as it is known without a call. */
  readonly place: Place;
  /** As far as STS knows it. */
  findAccount(): Promise<string>;
  readCredentialsLife(): Promise<CredentialsLife>;
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint: string | undefined;
  /** Told of each request that is sent, whichever run it is for. */
  readonly listeners: Set<(request: SentRequest) => void>;
}

/** One port for all runs of an account and Region in this process, so that they share each Describe. */
const connections = new Map<string, Promise<Connection>>();
const ownClients = new WeakMap<KMSClient, Map<string, Promise<Connection>>>();

export async function connect(given: ConnectionOptions): Promise<Connection> {
  const endpoint = await findEndpoint(given);
  const options = { ...given, ...(endpoint ? { endpoint } : {}) };
  const { client } = options;
  const tableName = findLockTable(options);
  const clock: ClockOffset = { systemClockOffset: 0 };
  const make = client ? () => client : () => createClient(options, clock);
  const makeOwn = options.role ? () => createClient(withoutRole(options), clock) : undefined;
  const known = client ? knownOf(client) : connections;
  const { maxTries, maxRequestsPerSecond } = options;
  const whose = client ? endpoint : identifyClient(options);
  const key = JSON.stringify([whose, tableName, maxTries, maxRequestsPerSecond]);
  return remember(known, key, () => open(make, makeOwn, options, tableName));
}

const paces = new Map<string, Pace>();

/** One for all connections to an account and Region, whatever their other options are. */
function findPace({ region, account }: Place, endpoint: string | undefined, atMost: number | undefined): Pace {
  const key = JSON.stringify([region, account, endpoint]);
  const pace = paces.get(key) ?? createPace(systemClock);
  paces.set(key, pace);
  return (operation, signal) => pace(operation, signal, atMost);
}

function knownOf(client: KMSClient): Map<string, Promise<Connection>> {
  const known = ownClients.get(client) ?? new Map<string, Promise<Connection>>();
  ownClients.set(client, known);
  return known;
}

function remember(
  known: Map<string, Promise<Connection>>,
  key: string,
  make: () => Promise<Connection>,
): Promise<Connection> {
  const connection = known.get(key) ?? make();
  known.set(key, connection);
  return connection;
}

const withoutRole = ({ role: _, ...options }: ClientOptions): ClientOptions => options;

/** `make`: a client whose credentials are not resolved yet; a client of the caller's own is always the same. */
async function open(
  make: () => KMSClient,
  makeOwn: (() => KMSClient) | undefined,
  { endpoint, profile, readTimeoutMs, maxTries, maxRequestsPerSecond }: ConnectionOptions,
  tableName: string | undefined,
): Promise<Connection> {
  const listeners: Connection['listeners'] = new Set();
  let client = make();
  let account: Promise<string> | undefined;
  const current = createSend(() => client, { readTimeoutMs });
  const send = describeRequests(current, systemClock.now, (request) => {
    for (const listener of listeners) listener(request);
  });
  const renew = async () => {
    client = make();
  };
  const place = await findPlace(client);
  const pace = findPace(place, endpoint, maxRequestsPerSecond);
  const neighbourhood = { current: () => client, endpoint, profile };
  const own = makeOwn?.();
  const ours = own ? { current: () => own, endpoint, profile } : neighbourhood;
  // A function, and what it logs to, is where it runs.
  const { AWS_REGION: here } = process.env;
  const askEc2 = createAskEc2(neighbourhood);
  const askAboutSecret = createAskAbout(neighbourhood);
  const askAboutTable = (table: string) => createAskDynamoDb(neighbourhood, findTableRegion(table));
  const lockTable = tableName === undefined ? null : createTable(askAboutTable(tableName), tableName, systemClock);
  const findOwner = async () => {
    account ??= findAccount(client, place.account, { endpoint, profile });
    const found = await account;
    // It may be known the next time: a process may carry many runs.
    if (found === 'unknown') account = undefined;
    return found;
  };
  /** Observations are not shared if the account of the stores is not known. */
  const findObservations = async () => {
    const where = locate({ region: place.region, account: await findOwner() }, endpoint);
    const isKnown = where.account !== 'unknown' || where.endpoint !== undefined;
    return lockTable && isKnown ? createObservations(lockTable, where, systemClock) : null;
  };
  const share = lockTable
    ? (sender: DescribeSender) => shareObservations(sender, findObservations, systemClock)
    : undefined;
  return {
    kms: createKms(send, systemClock, { renewCredentials: renew, share, pace, maxTries }),
    describePage: createDescribePage(send, pace, maxTries),
    clusters: createClusters(createAskCloudHsm(neighbourhood)),
    network: createNetwork(askEc2),
    endpointServices: createEndpointServices(askEc2),
    keys: createKeys(send, systemClock, pace, maxTries),
    canaryKeys: createCanaryKeys(send, systemClock, pace, maxTries),
    metrics: createKeyMetrics(createAskCloudWatch(neighbourhood), systemClock),
    trail: createKeyTrail(createAskCloudTrail(neighbourhood), systemClock),
    scheduler: createScheduler(createAskScheduler(neighbourhood)),
    readSecret: createSecretsManager(askAboutSecret),
    secretVersions: createSecretVersions(askAboutSecret),
    encryption: createEncryption({
      askAboutSecret,
      askAboutTable,
      askLogs: createAskLogs(ours, here),
      askLambda: createAskLambda(ours, here),
      askTopic: createAskTopic(ours),
      askBus: createAskBus(ours),
    }),
    lockTable,
    own: ours,
    place,
    findAccount: findOwner,
    readCredentialsLife: () => readCredentialsLife(client),
    endpoint,
    listeners,
  };
}

/** Does the work with its requests written to the log meanwhile. */
export async function logRequests<T>(
  { listeners }: Connection,
  findLogger: () => Logger | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const listener = (request: SentRequest) => findLogger()?.debug(request, 'kms.request');
  listeners.add(listener);
  try {
    return await work();
  } finally {
    listeners.delete(listener);
  }
}
