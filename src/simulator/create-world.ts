/** A fresh world: no store, two related clusters of which the second was restored from the first, and an unrelated one. */
import { type Cluster, type ClusterDescription, createCluster } from './clusters.ts';
import { completeDurations, type DurationOptions } from './durations.ts';
import { answerAsProxy } from './external/proxy.ts';
import { createRandom } from './random.ts';
import { defaultReadings, type Readings } from './readings.ts';
import { createScript } from './scripts.ts';
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
    scripts: { calls: createScript(), connects: createScript() },
    staleViews: new Map(),
    nextOrdinal: 0,
  };
  const first = buildCluster(world, {});
  buildCluster(world, { restoredFrom: first.id });
  buildCluster(world, {});
  return world;
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
