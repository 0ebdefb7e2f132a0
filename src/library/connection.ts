/** KMS as the AWS SDK, this process and this clock bring it: one connection an account and Region, shared by all verbs. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Logger } from 'pino';
import { createAskCloudHsm } from '../cloudhsm/client.ts';
import { createClusters } from '../cloudhsm/clusters.ts';
import { createAskDynamoDb } from '../dynamodb/client.ts';
import { createObservations } from '../dynamodb/observations.ts';
import { createTable, type Table } from '../dynamodb/table.ts';
import { createAskEc2 } from '../ec2/client.ts';
import { createEndpointServices } from '../ec2/endpoint-services.ts';
import { createNetwork } from '../ec2/network.ts';
import { createAskBus, createAskLambda, createAskLogs, createAskTopic } from '../encryption/clients.ts';
import { createEncryption } from '../encryption/encryption.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { type ClientOptions, createClient, createSend, identifyClient } from '../kms/client.ts';
import type { ClockOffset } from '../kms/clock-offset.ts';
import { createDescribePage, type DescribePage } from '../kms/describe-page.ts';
import { createKeys } from '../kms/keys.ts';
import { createKms } from '../kms/kms.ts';
import { describeRequests, type SentRequest } from '../kms/logged-send.ts';
import type { Neighbourhood } from '../kms/neighbour.ts';
import { findAccount, findPlace, type Place, readCredentialsLife } from '../kms/place.ts';
import { shareObservations } from '../kms/share-observations.ts';
import type { DescribeSender } from '../kms/shared-describe.ts';
import type { Clusters } from '../ports/clusters.ts';
import type { CredentialsLife } from '../ports/credentials.ts';
import type { Encryption } from '../ports/encryption.ts';
import type { EndpointServices } from '../ports/endpoint-services.ts';
import type { Keys } from '../ports/keys.ts';
import type { Kms } from '../ports/kms.ts';
import type { Network } from '../ports/network.ts';
import type { Schedules } from '../ports/scheduler.ts';
import type { SecretVersions } from '../ports/secret-versions.ts';
import { createAskScheduler } from '../scheduler/client.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import { createAskAbout } from '../secrets/client.ts';
import { createSecretVersions } from '../secrets/secret-versions.ts';
import { createSecretsManager, type ReadSecret } from '../secrets/secrets-manager.ts';
import { locate } from './locate.ts';
import { findLockTable, findTableRegion } from './lock-table.ts';

export interface ConnectionOptions extends ClientOptions {
  /**
   * A DynamoDB table, by name or ARN, in which all who name it keep their locks, logins and looks; default
   * `CKS_LOCK_TABLE`, else none.
   */
  readonly lockTable?: string;
  /** A client of your own; its retries should be off (`maxAttempts: 1`). Default: one made from the options above. */
  readonly client?: KMSClient;
  /** Gets one line a request and one an event; secrets are taken out before. */
  readonly logger?: Logger;
}

export interface Connection {
  readonly kms: Kms;
  readonly describePage: DescribePage;
  /** What stands around KMS; the packages for it are loaded with the first question. */
  readonly clusters: Clusters;
  readonly network: Network;
  readonly endpointServices: EndpointServices;
  readonly keys: Keys;
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

export function connect(options: ConnectionOptions): Promise<Connection> {
  const { client } = options;
  const tableName = findLockTable(options);
  const clock: ClockOffset = { systemClockOffset: 0 };
  const make = client ? () => client : () => createClient(options, clock);
  const makeOwn = options.role ? () => createClient(withoutRole(options), clock) : undefined;
  const known = client ? knownOf(client) : connections;
  const { endpoint = findEndpoint() } = options;
  const key = JSON.stringify([client ? null : [identifyClient(options), endpoint], tableName]);
  return remember(known, key, () => open(make, makeOwn, options, tableName));
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
  { endpoint = findEndpoint(), readTimeoutMs }: ClientOptions,
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
  const neighbourhood = { current: () => client, endpoint };
  const own = makeOwn?.();
  const ours = own ? { current: () => own, endpoint } : neighbourhood;
  // A function, and what it logs to, is where it runs.
  const { AWS_REGION: here } = process.env;
  const askEc2 = createAskEc2(neighbourhood);
  const askAboutSecret = createAskAbout(neighbourhood);
  const askAboutTable = (table: string) => createAskDynamoDb(neighbourhood, findTableRegion(table));
  const lockTable = tableName === undefined ? null : createTable(askAboutTable(tableName), tableName, systemClock);
  const findOwner = async () => {
    account ??= findAccount(client, place.account, endpoint);
    const found = await account;
    // It may be known the next time: a process may carry many runs.
    if (found === 'unknown') account = undefined;
    return found;
  };
  /** Nobody shares looks at stores of which it is not known whose they are. */
  const findObservations = async () => {
    const where = locate({ region: place.region, account: await findOwner() }, endpoint);
    const isKnown = where.account !== 'unknown' || where.endpoint !== undefined;
    return lockTable && isKnown ? createObservations(lockTable, where, systemClock) : null;
  };
  const share = lockTable
    ? (sender: DescribeSender) => shareObservations(sender, findObservations, systemClock)
    : undefined;
  return {
    kms: createKms(send, systemClock, renew, share),
    describePage: createDescribePage(send, systemClock),
    clusters: createClusters(createAskCloudHsm(neighbourhood)),
    network: createNetwork(askEc2),
    endpointServices: createEndpointServices(askEc2),
    keys: createKeys(send, systemClock),
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

/** Where the SDK looks for another endpoint of KMS. */
export function findEndpoint(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_KMS ?? process.env.AWS_ENDPOINT_URL;
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
