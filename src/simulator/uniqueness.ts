/** What two stores of an account and Region cannot share, as the reference pages of Create and Update say. */
import { sameEndpoint } from './external/proxy.ts';
import { refuse } from './fault.ts';
import type { ExternalBacking, Store } from './store.ts';

/** @throws SimulatorFault CustomKeyStoreNameInUseException */
export function requireFreeName(others: readonly Store[], name: string): void {
  if (others.some((other) => other.name === name)) {
    refuse('CustomKeyStoreNameInUseException', 'The custom key store name is already in use');
  }
}

/** @throws SimulatorFault XksProxyUriInUse-, XksProxyUriEndpointInUse-, XksProxyVpcEndpointServiceInUseException */
export function requireFreeAddress(others: readonly Store[], wanted: ExternalBacking): void {
  const taken = others.flatMap(({ backing }) => (backing.type === 'EXTERNAL_KEY_STORE' ? [backing] : []));
  const sharing = taken.filter((backing) => sameEndpoint(backing.endpoint, wanted.endpoint));
  if (sharing.some((backing) => backing.path === wanted.path)) {
    refuse('XksProxyUriInUseException', 'Another external key store uses this endpoint and path');
  }
  // Only stores that are all public may share an endpoint: a private DNS name belongs to one store.
  if ([...sharing, wanted].some((backing) => backing.connectivity === 'VPC_ENDPOINT_SERVICE') && sharing.length > 0) {
    refuse('XksProxyUriEndpointInUseException', 'Another external key store uses this endpoint');
  }
  if (wanted.serviceName !== undefined && taken.some((backing) => backing.serviceName === wanted.serviceName)) {
    refuse('XksProxyVpcEndpointServiceInUseException', 'Another external key store uses this VPC endpoint service');
  }
}
