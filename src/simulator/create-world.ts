/** A fresh world: no store, and the clusters that were asked for. */
import { type Cluster, type ClusterDescription, createCluster } from './clusters.ts';
import { createMaterials } from './crypto/seal.ts';
import { completeDurations, type DurationOptions, drawDurationMs } from './durations.ts';
import { showsCertificate } from './external/client-certificate.ts';
import { createKeyManagers } from './external/key-manager.ts';
import { createOutside } from './external/outside.ts';
import { answerAsProxy, findObstacle } from './external/proxy.ts';
import { createReliability } from './external/reliability.ts';
import { createExternalActors } from './faults/external-actors.ts';
import { createFaultBook } from './faults/fault-book.ts';
import { createQuotas, type Rates } from './faults/quotas.ts';
import { createHosts, type HostOptions } from './hosts.ts';
import { defaultInterpretations, type Interpretations } from './interpretations.ts';
import { createRandom } from './random.ts';
import { createScript } from './scripts.ts';
import { createStaleViews, type StaleReads } from './stale-reads.ts';
import { createTraffic } from './traffic.ts';
import { createTrail } from './trail.ts';
import { endpointOf, type World } from './world.ts';

export interface WorldOptions {
  /** Default us-east-1. */
  readonly region?: string;
  /** Default 111122223333. */
  readonly accountId?: string;
  /** The same seed gives the same ids, passwords and durations. Default 1. */
  readonly seed?: number;
  /** Decides over ids alone, so that the same course may have stores with other ids; default `seed`. */
  readonly idSeed?: number;
  readonly durations?: DurationOptions;
  readonly interpretations?: Partial<Interpretations>;
  /** Default three: two related ones, of which the second was restored from the first, and an unrelated one. */
  readonly clusters?: readonly ClusterDescription[];
  /** Requests a second by operation, beyond which KMS throttles; default none. See documentedRates. */
  readonly quotas?: Rates;
  /** What reads show after an accepted call; default the truth. */
  readonly staleReads?: StaleReads;
  /** How a live change reaches the hosts of KMS. */
  readonly hosts?: HostOptions;
}

/** The simulated clock, and how it compares with the client's own. */
export interface Pace extends Pick<World, 'showsTransitions' | 'toClientMs'> {
  readonly now: () => number;
}

export function createWorld(options: WorldOptions, { now, ...pace }: Pace): World {
  const nowMs = now();
  const seed = options.seed ?? 1;
  const proxies: World['proxies'] = new Map();
  const materials = createMaterials(seed);
  const managers = createKeyManagers(materials, createRandom(seed, 'key managers'));
  const keys: World['keys'] = new Map();
  const services: World['services'] = new Map();
  const isUsed = (xksKeyId: string): boolean =>
    [...keys.values()].some(({ backing }) => backing.origin === 'EXTERNAL_KEY_STORE' && backing.xksKeyId === xksKeyId);
  const receiveAsProxy: World['receiveAsProxy'] = (request) =>
    answerAsProxy(proxies.get(request.endpoint.toLowerCase()), request, { managers, isUsed });
  const outside = createOutside();
  const durations = completeDurations(options.durations);
  const trailDelays = createRandom(seed, 'trail');
  const world: World = {
    accountId: options.accountId ?? '111122223333',
    region: options.region ?? 'us-east-1',
    interpretations: { ...defaultInterpretations, ...options.interpretations },
    durations,
    chance: {
      ids: createRandom(options.idSeed ?? seed, 'ids'),
      durations: createRandom(seed, 'durations'),
      passwords: createRandom(seed, 'passwords'),
      requestIds: createRandom(seed, 'request ids'),
      proxyRequestIds: createRandom(seed, 'proxy request ids'),
      ciphers: createRandom(seed, 'ciphers'),
      secretIds: createRandom(seed, 'secrets'),
      toggles: createRandom(seed, 'toggles'),
    },
    materials,
    stores: new Map(),
    keys,
    dyingKeys: new Set(),
    aliases: new Map(),
    clusters: new Map(),
    passwordSetters: new Map(),
    proxies,
    services,
    secrets: new Map(),
    schedules: new Map(),
    reliability: createReliability(),
    receiveAsProxy,
    outside,
    askProxy(request) {
      const { accessKeyId, secret, serviceName: _, kmsOperation, ...received } = request;
      const endpoint = endpointOf({ services }, request);
      const proxy = proxies.get(endpoint.toLowerCase());
      if (proxy?.address !== undefined) return findObstacle(proxy) ?? outside.recall(proxy.address, request);
      if (proxy?.asksClientCertificate && !showsCertificate({ kmsOperation }, now())) return { kind: 'tlsFailed' };
      return receiveAsProxy({
        ...received,
        endpoint,
        isAuthentic: (known) => Object.hasOwn(known, accessKeyId) && known[accessKeyId] === secret,
      });
    },
    scripts: {
      calls: createFaultBook(createRandom(seed, 'faults')),
      connects: createScript(),
      actors: createExternalActors(),
      quotas: createQuotas(options.quotas),
    },
    staleViews: createStaleViews(options.staleReads ?? {}, createRandom(seed, 'stale reads')),
    ...pace,
    hosts: createHosts(options.hosts ?? {}, createRandom(seed, 'hosts')),
    traffic: createTraffic(createRandom(seed, 'traffic')),
    trail: createTrail(() => drawDurationMs(durations.trailDelay, trailDelays.next())),
    nextOrdinal: 0,
  };
  for (const description of options.clusters ?? []) buildCluster(world, description, nowMs);
  if (!options.clusters) buildUsualClusters(world, nowMs);
  return world;
}

function buildUsualClusters(world: World, nowMs: number): void {
  const first = buildCluster(world, {}, nowMs);
  buildCluster(world, { restoredFrom: first.id }, nowMs);
  buildCluster(world, {}, nowMs);
}

/** @throws RangeError for an unknown source */
export function buildCluster(world: World, description: ClusterDescription, nowMs: number): Cluster {
  const source = description.restoredFrom === undefined ? undefined : world.clusters.get(description.restoredFrom);
  if (description.restoredFrom !== undefined && !source) throw new RangeError(`no cluster ${description.restoredFrom}`);
  const { cluster, setPassword } = createCluster(description, source, world.chance.ids, world.region, nowMs);
  world.clusters.set(cluster.id, cluster);
  world.passwordSetters.set(cluster.id, setPassword);
  return cluster;
}
