/**
 * Why a custom key store is FAILED: every ConnectionErrorCode with its cause, whose fault it is and what mends it. Only
 * facts stand here; whether to connect again is decided elsewhere. No text may promise more than AWS documents.
 *
 * Sources: the API model, KMS 2014-11-01 (the codes); the KMS API reference, CustomKeyStoresListEntry (their meaning);
 * the KMS Developer Guide, fix-keystore and xks-troubleshooting (remedies, kmsuser's lockout after five bad logins).
 */
import type { CustomKeyStoreType } from './key-store.ts';
import { changePassword } from './kmsuser-password.ts';
import type { PropertyName } from './properties.ts';

/**
 * Where the operator has to look. `settings`: a value KMS holds, or was given, for the store does not fit the world
 * outside; the others name the thing that is broken.
 */
export type Fault =
  | 'KMS'
  | 'network'
  | 'CloudHSM cluster'
  | 'kmsuser'
  | 'XKS proxy'
  | 'VPC endpoint service'
  | 'settings';

/** What one ConnectionErrorCode means and what to do about it. */
export interface ConnectionErrorFact {
  readonly appliesTo: CustomKeyStoreType | 'both';
  readonly cause: string;
  readonly fault: Fault;
  /** Whether disconnecting and connecting again, with nothing else mended, may help. */
  readonly reconnectMayCure: boolean;
  /** Whether KMS tried to log in as kmsuser before this failure: surely not, perhaps, or it did and was not let in. */
  readonly login: 'never' | 'maybe' | 'refused';
  readonly remedy: string;
  /** The property whose new value mends it, where one does. */
  readonly curedBy?: PropertyName;
}

/** All ConnectionErrorCodes of the API model. INVALID_CREDENTIALS reads as for CloudHSM: use explainConnectionError. */
export const connectionErrors = {
  INTERNAL_ERROR: {
    appliesTo: 'both',
    cause: 'KMS could not finish the connect because of an internal error.',
    fault: 'KMS',
    reconnectMayCure: true,
    login: 'maybe',
    remedy: 'Disconnect the store and connect it again; if that keeps failing, open a case with AWS.',
  },
  NETWORK_ERRORS: {
    appliesTo: 'both',
    cause: 'The network between KMS and the backing key store failed.',
    fault: 'network',
    reconnectMayCure: true,
    login: 'maybe',
    remedy:
      'Disconnect the store, wait a few minutes and connect it again; if it persists, check the network on your side.',
  },
  INVALID_CREDENTIALS: {
    appliesTo: 'both',
    cause: 'KMS does not have the right password of kmsuser in the CloudHSM cluster.',
    fault: 'kmsuser',
    curedBy: 'KeyStorePassword',
    reconnectMayCure: false,
    login: 'refused',
    remedy: `Do not just connect again: five bad logins lock kmsuser. Disconnect, use the CloudHSM CLI (${changePassword}), then give KMS the same KeyStorePassword.`,
  },
  CLUSTER_NOT_FOUND: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'KMS cannot find the CloudHSM cluster with the cluster id of the store.',
    fault: 'CloudHSM cluster',
    curedBy: 'CloudHsmClusterId',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'Correct CloudHsmClusterId; if the cluster was deleted, create one from its latest backup and use that.',
  },
  INSUFFICIENT_CLOUDHSM_HSMS: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'The CloudHSM cluster has no active HSM, and a connect needs at least one.',
    fault: 'CloudHSM cluster',
    reconnectMayCure: false,
    login: 'never',
    remedy:
      'Add an HSM to the cluster (better two, in different Availability Zones), wait until active, then reconnect.',
  },
  INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'A private subnet of the CloudHSM cluster has no free IP address, and KMS needs one in each.',
    fault: 'CloudHSM cluster',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'Free an address (better two) in every private subnet of the cluster, then reconnect.',
  },
  SUBNET_NOT_FOUND: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'A subnet in the configuration of the CloudHSM cluster was deleted.',
    fault: 'CloudHSM cluster',
    curedBy: 'CloudHsmClusterId',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'The cluster cannot be repaired: create one from a recent backup and set CloudHsmClusterId to it.',
  },
  USER_LOCKED_OUT: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'CloudHSM has locked kmsuser after too many logins with a wrong password.',
    fault: 'kmsuser',
    curedBy: 'KeyStorePassword',
    reconnectMayCure: false,
    login: 'refused',
    remedy: `Disconnect, have an admin use the CloudHSM CLI (${changePassword}), then give KMS the same KeyStorePassword and connect.`,
  },
  USER_LOGGED_IN: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'Someone is logged in to the CloudHSM cluster as kmsuser, so KMS cannot log in or rotate its password.',
    fault: 'kmsuser',
    reconnectMayCure: false,
    login: 'refused',
    remedy:
      'Log kmsuser out of the cluster. If its password was changed, give KMS that KeyStorePassword. Then reconnect.',
  },
  USER_NOT_FOUND: {
    appliesTo: 'AWS_CLOUDHSM',
    cause: 'The CloudHSM cluster has no crypto user kmsuser.',
    fault: 'kmsuser',
    reconnectMayCure: false,
    login: 'refused',
    remedy:
      'Disconnect, have an admin create kmsuser with the CloudHSM CLI (user create --username kmsuser --role crypto-user), give KMS its password as KeyStorePassword, then connect.',
    curedBy: 'KeyStorePassword',
  },
  XKS_PROXY_ACCESS_DENIED: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'The external key store proxy denies access to the requests of KMS.',
    fault: 'XKS proxy',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'Check that the authorization rules of the proxy let KMS in, then reconnect.',
  },
  XKS_PROXY_INVALID_CONFIGURATION: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'A wrong configuration keeps the store from its proxy; most likely XksProxyUriPath is wrong.',
    fault: 'settings',
    curedBy: 'XksProxyUriPath',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'Compare XksProxyUriPath with the path that the proxy serves, correct it, then reconnect.',
  },
  XKS_PROXY_INVALID_RESPONSE: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'KMS cannot make sense of the response of the external key store proxy.',
    fault: 'XKS proxy',
    reconnectMayCure: false,
    login: 'never',
    remedy: 'Read the log of the proxy, then reconnect; if this code comes back, contact the vendor of the proxy.',
  },
  XKS_PROXY_INVALID_TLS_CONFIGURATION: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause:
      'KMS cannot agree on TLS with the proxy: TLS version, certificate, or a client certificate that it requires.',
    fault: 'XKS proxy',
    reconnectMayCure: false,
    login: 'never',
    remedy:
      'Give the proxy TLS 1.2 or 1.3 and a valid certificate for the host in XksProxyUriEndpoint, from a CA that KMS trusts. It must not require a client certificate.',
  },
  XKS_PROXY_NOT_REACHABLE: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'KMS cannot reach the proxy, or the proxy says that every external key manager instance is unavailable.',
    fault: 'XKS proxy',
    reconnectMayCure: false,
    login: 'never',
    remedy:
      'Check that proxy and key manager are up and that XksProxyUriEndpoint and XksProxyUriPath are right, then reconnect.',
  },
  XKS_PROXY_TIMED_OUT: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'The proxy did not answer KMS within 250 milliseconds.',
    fault: 'XKS proxy',
    reconnectMayCure: true,
    login: 'never',
    remedy:
      'Disconnect the store and connect it again; if it persists, check the load of the proxy and its distance to the Region.',
  },
  XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'The VPC endpoint service is not set up as KMS needs it.',
    fault: 'VPC endpoint service',
    reconnectMayCure: false,
    login: 'never',
    remedy:
      'Check: IPv4, a Network Load Balancer in two zones, no acceptance required, KMS allowed as principal, the private DNS name verified and equal to the endpoint.',
  },
  XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND: {
    appliesTo: 'EXTERNAL_KEY_STORE',
    cause: 'KMS cannot find the VPC endpoint service: its name is wrong, or KMS is not allowed to use it.',
    fault: 'VPC endpoint service',
    curedBy: 'XksProxyVpcEndpointServiceName',
    reconnectMayCure: false,
    login: 'never',
    remedy:
      'Check XksProxyVpcEndpointServiceName. Allow the principal cks.kms.REGION.amazonaws.com, and the account of the store if another one owns the service. Then reconnect.',
  },
} as const satisfies Record<string, ConnectionErrorFact>;

/** A ConnectionErrorCode that the API model has. */
export type ConnectionErrorCode = keyof typeof connectionErrors;

/** INVALID_CREDENTIALS at an external key store, where there is no kmsuser (CustomKeyStoresListEntry). */
const invalidProxyCredential = {
  appliesTo: 'both',
  cause: 'The proxy does not accept the access key id or the secret access key that KMS holds for it.',
  fault: 'settings',
  curedBy: 'XksProxyAuthenticationCredential',
  reconnectMayCure: false,
  login: 'never',
  remedy:
    'Give KMS the credential that the proxy accepts now, both parts, as XksProxyAuthenticationCredential; then reconnect.',
} as const satisfies ConnectionErrorFact;

/** What KMS may answer in future. Whether a reconnect helps or kmsuser was tried is not known, so assume the worse. */
const unknownCode = {
  cause: 'KMS gave no connection error code, or one that this version does not know.',
  fault: 'KMS',
  reconnectMayCure: false,
  login: 'maybe',
  remedy: 'Look the code up in the KMS API reference (CustomKeyStoresListEntry), fix what it names, then reconnect.',
} as const;

/** Explains a ConnectionErrorCode of DescribeCustomKeyStores for a store of this type, unknown codes included. */
export function explainConnectionError(code: string, type: CustomKeyStoreType): ConnectionErrorFact {
  const fact: ConnectionErrorFact = isKnown(code) ? connectionErrors[code] : { appliesTo: type, ...unknownCode };
  if (type !== 'EXTERNAL_KEY_STORE') return fact;
  return code === 'INVALID_CREDENTIALS' ? invalidProxyCredential : { ...fact, login: 'never' };
}

function isKnown(code: string): code is ConnectionErrorCode {
  return Object.hasOwn(connectionErrors, code);
}
