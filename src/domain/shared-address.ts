/** What two external key stores of an account and Region cannot share. */
import type { Settings } from './key-store.ts';

/** In words, empty where they can stand side by side. `other`: the store whose settings are `taken`. */
export function explainSharedAddress(wanted: Settings, taken: Settings, other: string): readonly string[] {
  const shared: string[] = [];
  if (isSameHost(wanted.XksProxyUriEndpoint, taken.XksProxyUriEndpoint)) {
    const endpoint = wanted.XksProxyUriEndpoint;
    // Only stores that are all public may share an endpoint: a private DNS name belongs to one.
    if ([wanted, taken].some(({ XksProxyConnectivity }) => XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE')) {
      shared.push(
        `the endpoint ${endpoint} is that of ${other}, and one behind a VPC endpoint service cannot be shared`,
      );
    } else if (wanted.XksProxyUriPath === taken.XksProxyUriPath) {
      shared.push(`the endpoint ${endpoint} with the path ${wanted.XksProxyUriPath} is that of ${other}`);
    }
  }
  const service = wanted.XksProxyVpcEndpointServiceName;
  if (service !== undefined && service === taken.XksProxyVpcEndpointServiceName) {
    shared.push(`the VPC endpoint service ${service} is that of ${other}`);
  }
  return shared;
}

function isSameHost(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}
