/** The library's verbs over its default adapters: the AWS SDK, this process, this clock. The command stands on the same. */
import { randomBytes } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Logger } from 'pino';
import type { KeyStore } from './domain/key-store.ts';
import { noLogins } from './domain/logins.ts';
import type { RunResult } from './domain/outcome.ts';
import { unproven } from './domain/proof.ts';
import { createLocalHost, createMemoryLog } from './hosts/local.ts';
import { systemClock } from './hosts/system-clock.ts';
import { type ClientOptions, createClient, createSend, findPlace, type Place } from './kms/client.ts';
import { createKms } from './kms/kms.ts';
import { type SentRequest, tellRequests } from './kms/logged-send.ts';
import type { Approver } from './ports/approver.ts';
import type { Check } from './ports/checks.ts';
import type { Kms, Reply } from './ports/kms.ts';
import type { Progress } from './ports/progress.ts';
import type { Prover } from './ports/proof.ts';
import { logProgress } from './progress/log-progress.ts';
import { planUpdate as plan, type UpdatePlan } from './run/plan-update.ts';
import { type OrderInput, prepareOrder } from './run/prepare.ts';
import { startRun } from './run/start.ts';
import { createVault } from './secrets/vault.ts';

export interface ConnectionOptions extends ClientOptions {
  /** A client of your own; its retries should be off (`maxAttempts: 1`). Default: one made from the options above. */
  readonly client?: KMSClient;
  /** Gets one line a request and one an event; secrets are taken out before. */
  readonly logger?: Logger;
}

export interface SafeUpdateOptions extends OrderInput, ConnectionOptions {
  /** The first abort asks for a stop; it never interrupts a call that changes the store. */
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
  /** Asked before the first write. Without one, the risks in `accept` alone decide. */
  readonly approver?: Approver;
  /** Looks before the first write; each may refuse the run. */
  readonly checks?: readonly Check[];
  readonly prover?: Prover;
}

const guards = { journal: 'memory', lock: 'none' } as const;

/**
 * Changes settings of a custom key store safely, and says how that ended.
 *
 * @throws {InvalidInputError} when the arguments are wrong, by themselves or for this type of store.
 * @throws {UnfinishedRunError} when the run broke off; it says in which state the store was last seen.
 */
export async function safeUpdate(options: SafeUpdateOptions): Promise<RunResult> {
  const vault = createVault();
  const order = await prepareOrder(options, vault);
  const connection = await connect(options);
  const { kms, place } = connection;
  const { logger, onProgress } = options;
  const told = logger ? logProgress(logger) : undefined;
  const input = {
    runId: createRunId(new Date(systemClock.now())),
    store: options.customKeyStoreId,
    place,
    order,
    startedAtMs: systemClock.now(),
  };
  const ports = {
    kms,
    secrets: vault,
    checks: options.checks ?? [],
    prover: options.prover ?? { prove: async () => unproven },
    ...(options.approver ? { approver: options.approver } : {}),
    lock: { acquire: async () => null, tell: () => undefined, release: async () => undefined },
    logins: { read: async () => noLogins, write: async () => undefined },
    clock: systemClock,
    random: Math.random,
    host: createLocalHost(createMemoryLog(), systemClock),
    progress: (event: Parameters<Progress>[0]) => {
      told?.(event);
      onProgress?.(event);
    },
  };
  const signal = options.signal ? { signal: options.signal } : {};
  return logRequests(connection, logger, () => startRun(ports, input, signal));
}

/** Disconnects a store and connects it again, whatever state it is in: a rotation of kmsuser, or the way back online. */
export function reconnect(options: Omit<SafeUpdateOptions, 'change' | 'previous' | 'intent'>): Promise<RunResult> {
  return safeUpdate({ ...options, intent: 'reconnect' });
}

/** Says what an update would do, or why it would be refused. Sends nothing but Describe. @throws {InvalidInputError} */
export async function planUpdate(options: SafeUpdateOptions): Promise<UpdatePlan> {
  const order = await prepareOrder(options, createVault());
  const connection = await connect(options);
  const { kms, place } = connection;
  return logRequests(connection, options.logger, () =>
    plan({ kms, checks: options.checks ?? [], guards }, options.customKeyStoreId, place, order, options.signal),
  );
}

/** The stores of the account and Region, or the one with this id or name. */
export async function describeStores(
  options: ConnectionOptions & { readonly customKeyStoreId?: string },
): Promise<{ readonly place: Place; readonly reply: Reply<readonly KeyStore[]> }> {
  const connection = await connect(options);
  const { kms, place } = connection;
  return logRequests(connection, options.logger, async () => {
    if (options.customKeyStoreId === undefined) return { place, reply: await kms.list() };
    const reply = await kms.describe(options.customKeyStoreId);
    return { place, reply: reply.ok ? { ...reply, value: [reply.value] } : reply };
  });
}

interface Connection {
  readonly kms: Kms;
  readonly place: Place;
  /** Told of each request that is sent, whichever run it is for. */
  readonly listeners: Set<(request: SentRequest) => void>;
}

/** One port for all runs of an account and Region in this process, so that they share each Describe. */
const connections = new Map<string, Promise<Connection>>();
const ownClients = new WeakMap<KMSClient, Promise<Connection>>();

function connect(options: ConnectionOptions): Promise<Connection> {
  const { client, region, profile, endpoint } = options;
  if (client) return remember(ownClients, client, () => open(client));
  return remember(connections, JSON.stringify([region, profile, endpoint]), () => open(createClient(options)));
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

async function open(client: KMSClient): Promise<Connection> {
  const listeners: Connection['listeners'] = new Set();
  const send = tellRequests(createSend(client), systemClock.now, (request) => {
    for (const listener of listeners) listener(request);
  });
  return { kms: createKms(send, systemClock), place: await findPlace(client), listeners };
}

/** Does the work with its requests written to the log meanwhile. */
async function logRequests<T>(
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

/** Sorts by time, and is short enough to be typed: `20261124-030000-4f2a`. */
function createRunId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
