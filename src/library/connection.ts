/** KMS as the AWS SDK, this process and this clock bring it: one connection an account and Region, shared by all verbs. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Logger } from 'pino';
import { createAskCloudHsm } from '../cloudhsm/client.ts';
import { createClusters } from '../cloudhsm/clusters.ts';
import { createAskEc2 } from '../ec2/client.ts';
import { createEndpointServices } from '../ec2/endpoint-services.ts';
import { createNetwork } from '../ec2/network.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { type ClientOptions, createClient, createSend, identifyClient } from '../kms/client.ts';
import { createDescribePage, type DescribePage } from '../kms/describe-page.ts';
import { createKeys } from '../kms/keys.ts';
import { createKms } from '../kms/kms.ts';
import { type SentRequest, tellRequests } from '../kms/logged-send.ts';
import { findAccount, findPlace, type Place, readCredentialsLife } from '../kms/place.ts';
import type { Clusters } from '../ports/clusters.ts';
import type { CredentialsLife } from '../ports/credentials.ts';
import type { EndpointServices } from '../ports/endpoint-services.ts';
import type { Keys } from '../ports/keys.ts';
import type { Kms } from '../ports/kms.ts';
import type { Network } from '../ports/network.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { createAskScheduler } from '../scheduler/client.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import { createSecretsManager, type ReadSecret } from '../secrets/secrets-manager.ts';

export interface ConnectionOptions extends ClientOptions {
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
  readonly scheduler: Scheduler;
  readonly readSecret: ReadSecret;
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
const ownClients = new WeakMap<KMSClient, Promise<Connection>>();

export function connect(options: ConnectionOptions): Promise<Connection> {
  const { client } = options;
  if (client) return remember(ownClients, client, () => open(() => client, options));
  return remember(connections, identifyClient(options), () => open(() => createClient(options), options));
}

function remember<K>(
  known: { get(key: K): Promise<Connection> | undefined; set(key: K, connection: Promise<Connection>): unknown },
  key: K,
  make: () => Promise<Connection>,
): Promise<Connection> {
  const connection = known.get(key) ?? make();
  known.set(key, connection);
  return connection;
}

/** `make`: a client whose credentials are not resolved yet; a client of the caller's own is always the same. */
async function open(
  make: () => KMSClient,
  { endpoint = findEndpoint(), readTimeoutMs }: ClientOptions,
): Promise<Connection> {
  const listeners: Connection['listeners'] = new Set();
  let client = make();
  let account: Promise<string> | undefined;
  const sender = { send: ((...words: Parameters<KMSClient['send']>) => client.send(...words)) as KMSClient['send'] };
  const current = createSend(sender, readTimeoutMs);
  const send = tellRequests(current, systemClock.now, (request) => {
    for (const listener of listeners) listener(request);
  });
  const renew = async () => {
    client = make();
  };
  const place = await findPlace(client);
  const neighbourhood = { current: () => client, endpoint };
  const askEc2 = createAskEc2(neighbourhood);
  return {
    kms: createKms(send, systemClock, renew),
    describePage: createDescribePage(send, systemClock),
    clusters: createClusters(createAskCloudHsm(neighbourhood)),
    network: createNetwork(askEc2),
    endpointServices: createEndpointServices(askEc2),
    keys: createKeys(send, systemClock),
    scheduler: createScheduler(createAskScheduler(neighbourhood)),
    readSecret: createSecretsManager(neighbourhood),
    place,
    findAccount() {
      account ??= findAccount(client, place.account, endpoint);
      return account;
    },
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
  logger: Logger | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const listener = (request: SentRequest) => logger?.debug(request, 'kms.request');
  listeners.add(listener);
  try {
    return await work();
  } finally {
    listeners.delete(listener);
  }
}
