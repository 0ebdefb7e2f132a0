/** The world in words that a person can act on: which clusters there are, and what it takes to make a store of one. */

import type { VpcEndpointService } from './external/endpoint-service.ts';
import type { XksProxy } from './external/proxy.ts';
import { isEnabled } from './schedule.ts';
import { type StoreEntry, showStore } from './store.ts';
import type { World } from './world.ts';

/** What stands behind the stores: enough for a person to create one. */
export interface WorldSummary {
  readonly region: string;
  readonly accountId: string;
  readonly clusters: readonly {
    readonly clusterId: string;
    readonly state: string;
    readonly hsms: number;
    readonly restoredFrom?: string;
    readonly kmsuserPassword: string;
    readonly trustAnchorCertificate: string;
  }[];
  /** Only those that were described; of credentials their ids. */
  readonly proxies: readonly (Omit<XksProxy, 'credentials'> & { readonly credentials?: readonly string[] })[];
  readonly vpcEndpointServices: readonly VpcEndpointService[];
  readonly stores: readonly StoreEntry[];
  /** One-time schedules that have still to come. */
  readonly schedules: readonly { readonly name: string; readonly at: string; readonly target: string }[];
}

export function summarize({ region, accountId, clusters, proxies, services, stores, schedules }: World): WorldSummary {
  return {
    region,
    accountId,
    clusters: [...clusters.values()].map((cluster) => ({
      clusterId: cluster.id,
      state: cluster.state,
      hsms: cluster.hsms,
      ...(cluster.restoredFrom === undefined ? {} : { restoredFrom: cluster.restoredFrom }),
      kmsuserPassword: cluster.kmsuser.password,
      trustAnchorCertificate: cluster.trustAnchorCertificate,
    })),
    proxies: [...proxies.values()].map(({ credentials, ...proxy }) => ({
      ...proxy,
      ...(credentials === undefined ? {} : { credentials: Object.keys(credentials) }),
    })),
    vpcEndpointServices: [...services.values()].map((service) => ({ ...service })),
    stores: [...stores.values()].map(showStore),
    schedules: [...schedules]
      .filter(([, schedule]) => isEnabled(schedule))
      .map(([name, { atMs, asked }]) => ({
        name,
        at: new Date(atMs).toISOString(),
        target: asked.Target.Arn,
      })),
  };
}
