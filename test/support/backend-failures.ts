/** What may break behind a store, and heal again: its cluster, its proxy, its VPC endpoint service. */
import { newEndpoint, oldEndpoint, privateService } from './stores.ts';
import type { World } from './world.ts';

export interface Trouble {
  readonly kind: keyof typeof troubles;
  readonly atMs: number;
  readonly forMs: number;
}

const troubles = {
  clusterLosesHsms: { of: 'clusters', change: { hsms: 0 } },
  clusterLosesAnHsm: { of: 'clusters', change: { hsms: 1 } },
  clusterChanges: { of: 'clusters', change: { state: 'UPDATE_IN_PROGRESS' } },
  proxyIsDown: { of: 'proxies', change: { reachable: false } },
  proxyIsSlow: { of: 'proxies', change: { slow: true } },
  proxyLosesTls: { of: 'proxies', change: { tlsValid: false } },
  proxyForgetsCredentials: { of: 'proxies', change: { credentials: {} } },
  serviceWantsAcceptance: { of: 'services', change: { acceptanceRequired: true } },
} as const;

export const troubleKinds = Object.keys(troubles) as (keyof typeof troubles)[];

/** Breaks all of a kind some time after now, and heals it. */
export function arrangeTrouble({ clock, simulator }: World, { kind, atMs, forMs }: Trouble): void {
  const find: Readonly<Record<'clusters' | 'proxies' | 'services', () => readonly object[]>> = {
    clusters: () => simulator.describeWorld().clusters.map(({ clusterId }) => simulator.cluster(clusterId)),
    proxies: () => [oldEndpoint, newEndpoint].map(simulator.proxy),
    services: () => [simulator.addVpcEndpointService({ name: privateService })],
  };
  const { of, change } = troubles[kind];
  const broken = find[of]().map((thing) => ({ thing, healthy: { ...thing } }));
  const set = (values: (healthy: object) => object) => {
    for (const { thing, healthy } of broken) {
      const wanted = values(healthy);
      for (const key of Object.keys(change)) Reflect.set(thing, key, Reflect.get(wanted, key));
    }
  };
  clock.at(clock.now() + atMs, () => set(() => change));
  clock.at(clock.now() + atMs + forMs, () => set((healthy) => healthy));
}
