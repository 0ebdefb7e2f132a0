/** A custom key store as KMS keeps it, secrets included, and what Describe shows of it, secrets excluded. */
import type { Question } from './external/outside.ts';
import type { ConnectionState, CustomKeyStoreType, FailureCode, XksProxyConnectivity } from './shapes.ts';

export interface CloudHsmBacking {
  readonly type: 'AWS_CLOUDHSM';
  readonly clusterId: string;
  readonly trustAnchorCertificate: string;
  /** What KMS believes kmsuser's password to be. */
  readonly password: string;
  /** By cluster id: the password that KMS had when the store left that cluster. */
  readonly leftPasswords: Readonly<Record<string, string>>;
}

export interface ExternalBacking {
  readonly type: 'EXTERNAL_KEY_STORE';
  readonly connectivity: XksProxyConnectivity;
  readonly endpoint: string;
  readonly path: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly serviceName?: string | undefined;
  readonly serviceOwner?: string | undefined;
}

export type Backing = CloudHsmBacking | ExternalBacking;

interface Ending {
  /** Infinity while the proxy has to be asked first, or a read has to show the transition. */
  readonly endsAtMs: number;
  /** When it ends, if a read has shown it by then. */
  readonly onceShownAtMs?: number;
}

export type Connection =
  | { readonly state: 'CONNECTED' | 'DISCONNECTED' }
  | { readonly state: 'FAILED'; readonly errorCode: FailureCode }
  | (Ending & { readonly state: 'DISCONNECTING'; readonly wasConnected: boolean })
  | (Ending & {
      readonly state: 'CONNECTING';
      readonly failsWith?: FailureCode | undefined;
      readonly question?: Question;
    });

export interface Store {
  readonly id: string;
  /** Order of creation: listings and markers go by it. */
  readonly ordinal: number;
  readonly createdAtMs: number;
  name: string;
  backing: Backing;
  connection: Connection;
}

/** An entry of DescribeCustomKeyStores, as on the wire: CreationDate in seconds since the epoch. */
export interface StoreEntry {
  readonly CustomKeyStoreId: string;
  readonly CustomKeyStoreName: string;
  readonly CustomKeyStoreType: CustomKeyStoreType;
  readonly ConnectionState: ConnectionState;
  readonly CreationDate: number;
  readonly ConnectionErrorCode?: FailureCode;
  readonly CloudHsmClusterId?: string;
  readonly TrustAnchorCertificate?: string;
  readonly XksProxyConfiguration?: {
    readonly Connectivity: XksProxyConnectivity;
    readonly AccessKeyId: string;
    readonly UriEndpoint: string;
    readonly UriPath: string;
    readonly VpcEndpointServiceName?: string;
    readonly VpcEndpointServiceOwner?: string;
  };
}

export function showStore(store: Store): StoreEntry {
  return {
    CustomKeyStoreId: store.id,
    CustomKeyStoreName: store.name,
    CustomKeyStoreType: store.backing.type,
    ConnectionState: store.connection.state,
    CreationDate: store.createdAtMs / 1000,
    ...(store.connection.state === 'FAILED' && store.connection.errorCode !== 'none'
      ? { ConnectionErrorCode: store.connection.errorCode }
      : {}),
    ...showBacking(store.backing),
  };
}

function showBacking(backing: Backing): Partial<StoreEntry> {
  if (backing.type === 'AWS_CLOUDHSM') {
    return { CloudHsmClusterId: backing.clusterId, TrustAnchorCertificate: backing.trustAnchorCertificate };
  }
  return {
    XksProxyConfiguration: {
      Connectivity: backing.connectivity,
      AccessKeyId: backing.accessKeyId,
      UriEndpoint: backing.endpoint,
      UriPath: backing.path,
      ...(backing.serviceName ? { VpcEndpointServiceName: backing.serviceName } : {}),
      ...(backing.serviceOwner ? { VpcEndpointServiceOwner: backing.serviceOwner } : {}),
    },
  };
}
