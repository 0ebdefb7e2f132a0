/** A fresh world: no store, and the clusters that were asked for. */
import { type Cluster, type ClusterDescription, createCluster } from './clusters.ts';
import { completeDurations, type DurationOptions } from './durations.ts';
import { answerAsProxy } from './external/proxy.ts';
import { createFaultBook } from './faults/fault-book.ts';
import { createForeignHands } from './faults/foreign-hands.ts';
import { createQuotas, type Rates } from './faults/quotas.ts';
import { createHosts, type HostOptions } from './hosts.ts';
import { createRandom } from './random.ts';
import { defaultReadings, type Readings } from './readings.ts';
import { createScript } from './scripts.ts';
import { createStaleViews, type StaleReads } from './stale-reads.ts';
import type { World } from './world.ts';

export interface WorldOptions {
  /** Default us-east-1. */
  readonly region?: string;
  /** Default 111122223333. */
  readonly accountId?: string;
  /** The same seed gives the same ids, passwords and durations. Default 1. */
  readonly seed?: number;
  readonly durations?: DurationOptions;
  readonly readings?: Partial<Readings>;
  /** Default three: two related ones, of which the second was restored from the first, and an unrelated one. */
  readonly clusters?: readonly ClusterDescription[];
  /** Requests a second by operation, beyond which KMS throttles; default none. See documentedRates. */
  readonly quotas?: Rates;
  /** What reads show after an accepted call; default the truth. */
  readonly staleReads?: StaleReads;
  /** How a live change reaches the hosts of KMS. */
  readonly hosts?: HostOptions;
}

export function createWorld(options: WorldOptions): World {
  const seed = options.seed ?? 1;
  const proxies: World['proxies'] = new Map();
  const world: World = {
    accountId: options.accountId ?? '111122223333',
    region: options.region ?? 'us-east-1',
    readings: { ...defaultReadings, ...options.readings },
    durations: completeDurations(options.durations),
    chance: {
      ids: createRandom(seed, 'ids'),
      durations: createRandom(seed, 'durations'),
      passwords: createRandom(seed, 'passwords'),
      requestIds: createRandom(seed, 'request ids'),
    },
    stores: new Map(),
    keys: new Map(),
    clusters: new Map(),
    passwordSetters: new Map(),
    proxies,
    services: new Map(),
    askProxy: (request) => answerAsProxy(proxies.get(request.endpoint.toLowerCase()), request),
    scripts: {
      calls: createFaultBook(createRandom(seed, 'faults')),
      connects: createScript(),
      hands: createForeignHands(),
      quotas: createQuotas(options.quotas),
    },
    staleViews: createStaleViews(options.staleReads ?? {}, createRandom(seed, 'stale reads')),
    hosts: createHosts(options.hosts ?? {}, createRandom(seed, 'hosts')),
    nextOrdinal: 0,
  };
  for (const description of options.clusters ?? []) buildCluster(world, description);
  if (!options.clusters) buildUsualClusters(world);
  return world;
}

function buildUsualClusters(world: World): void {
  const first = buildCluster(world, {});
  buildCluster(world, { restoredFrom: first.id });
  buildCluster(world, {});
}

/** @throws RangeError for an unknown source */
export function buildCluster(world: World, description: ClusterDescription): Cluster {
  const source = description.restoredFrom === undefined ? undefined : world.clusters.get(description.restoredFrom);
  if (description.restoredFrom !== undefined && !source) throw new RangeError(`no cluster ${description.restoredFrom}`);
  const { cluster, setPassword } = createCluster(description, source, world.chance.ids);
  world.clusters.set(cluster.id, cluster);
  world.passwordSetters.set(cluster.id, setPassword);
  return cluster;
}
