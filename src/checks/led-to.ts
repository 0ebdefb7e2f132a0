/** Where a plan leads a store, as far as its way goes through a Connect or names the place anew. */
import { applyChange } from '../domain/change.ts';
import type { KeyStore, Settings } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import type { PropertyName } from '../domain/properties.ts';

/** What tells of a CloudHSM cluster, and of a VPC endpoint service. */
const clusterNames: readonly PropertyName[] = ['CloudHsmClusterId', 'KeyStorePassword'];
const serviceNames: readonly PropertyName[] = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyVpcEndpointServiceName',
  'XksProxyVpcEndpointServiceOwner',
];

/** The cluster that KMS will log in to, or will use from then on. */
export function findCluster(store: KeyStore, plan: Plan): string | undefined {
  if (store.customKeyStoreType !== 'AWS_CLOUDHSM') return undefined;
  if (!isNamed(plan, clusterNames) && !connects(store, plan)) return undefined;
  return applyChange(store.settings, plan.send).CloudHsmClusterId;
}

/** Settings that lead through a VPC endpoint service; `isNamed`: the change has a part in that. */
export function findService(
  store: KeyStore,
  plan: Plan,
): { readonly settings: Settings; readonly isNamed: boolean } | undefined {
  const settings = applyChange(store.settings, plan.send);
  if (settings.XksProxyConnectivity !== 'VPC_ENDPOINT_SERVICE') return undefined;
  const named = isNamed(plan, serviceNames);
  return named || connects(store, plan) ? { settings, isNamed: named } : undefined;
}

function isNamed({ send }: Plan, names: readonly PropertyName[]): boolean {
  return names.some((name) => send[name] !== undefined);
}

function connects({ connectionState }: KeyStore, { mode: path, wantedState }: Plan): boolean {
  return wantedState === 'CONNECTED' && path !== 'live' && !(path === 'none' && connectionState === 'CONNECTED');
}
