/**
 * What an answer to one call means: every exception that the custom key store operations declare, the ones any AWS
 * call can answer, and the errors of SDK and network. A row speaks of its own call only and never says that nothing was
 * changed: an earlier call may have changed the store.
 *
 * Sources: the API model, KMS 2014-11-01 (names); the KMS API reference, UpdateCustomKeyStore, ConnectCustomKeyStore and
 * Common Errors; the KMS Developer Guide, fix-keystore, xks-troubleshooting, requests-per-second, authorize-key-store.
 */
import { commonErrors, conditions } from './common-errors.ts';
import type { ErrorFact, FailureClass, Row } from './error-fact.ts';

export type { ErrorFact, FailureClass } from './error-fact.ts';

const rows: Readonly<Record<string, Row>> = {
  CustomKeyStoreNotFoundException: {
    class: 'notFound',
    cause: 'This account has no custom key store with that id or name in this Region.',
    fault: 'input',
    remedy: 'Check the id or name, the Region and the AWS account; a store created just now may take a moment to show.',
  },
  CustomKeyStoreInvalidStateException: {
    class: 'invalidState',
    cause: 'The connection state of the store does not allow the call.',
    fault: 'input',
    remedy:
      'Describe the store: an earlier call may have taken effect, or someone else may have changed the store. Then decide.',
  },
  CustomKeyStoreNameInUseException: {
    class: 'refused',
    cause: 'Another custom key store in this account and Region has that name.',
    fault: 'input',
    remedy: 'Choose another name.',
    concerns: 'name',
    mayPass: true,
  },
  InvalidMarkerException: {
    class: 'refused',
    cause: 'The marker of the next page is not valid.',
    fault: 'input',
    remedy: 'List the stores again from the first page.',
  },
  KMSInternalException: conditions.internal,
  CloudHsmClusterNotFoundException: {
    class: 'refused',
    cause: 'KMS cannot find a CloudHSM cluster with that id in this account and Region.',
    fault: 'settings',
    remedy: 'Check CloudHsmClusterId against the list of clusters in CloudHSM.',
    concerns: 'connection',
  },
  CloudHsmClusterNotRelatedException: {
    class: 'refused',
    cause:
      'The new CloudHSM cluster has another cluster certificate, so it does not share a backup history with the old one.',
    fault: 'settings',
    remedy: 'Use a cluster that was created from a backup of the old one.',
    concerns: 'connection',
  },
  CloudHsmClusterNotActiveException: {
    class: 'refused',
    cause: 'The CloudHSM cluster is not initialized and active.',
    fault: 'CloudHSM cluster',
    remedy: 'Initialize and activate the cluster, or wait until a change to it has ended.',
    concerns: 'connection',
    mayPass: true,
  },
  CloudHsmClusterInvalidConfigurationException: {
    class: 'refused',
    cause: 'The CloudHSM cluster is not set up as KMS needs it: private subnets, security group or number of HSMs.',
    fault: 'CloudHSM cluster',
    remedy:
      'Check: private subnets in two zones, TCP ports 2223-2225 in its security group, and active HSMs (one to connect, two in different zones to update).',
    concerns: 'connection',
    mayPass: true,
  },
  CustomKeyStoreHasCMKsException: {
    class: 'refused',
    cause: 'The custom key store has KMS keys in it, and only an empty one can be deleted.',
    fault: 'input',
    remedy: 'Find out who made the keys, and schedule their deletion; then delete the store.',
  },
  LimitExceededException: {
    class: 'refused',
    cause: 'A quota is used up: an account may have ten custom key stores in a Region, whatever their state.',
    fault: 'AWS account',
    remedy: 'Delete a custom key store that is not needed any more, or ask AWS for a higher quota.',
  },
  XksProxyUriInUseException: {
    class: 'refused',
    cause: 'Another external key store in this Region uses the same proxy endpoint and path.',
    fault: 'input',
    remedy: 'Use another XksProxyUriPath or XksProxyUriEndpoint.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyUriEndpointInUseException: {
    class: 'refused',
    cause:
      'The endpoint is in use by another external key store in this Region, perhaps in another account, and cannot be shared.',
    fault: 'input',
    remedy: 'Use another XksProxyUriEndpoint: one of a VPC endpoint service belongs to one store only.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyUriUnreachableException: {
    class: 'refused',
    cause:
      'KMS did not get through to the proxy with the new values in 250 milliseconds, or no external key manager is available.',
    fault: 'XKS proxy',
    remedy: 'Check that the proxy is up and answers at the endpoint with a valid TLS certificate; then try again.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyIncorrectAuthenticationCredentialException: {
    class: 'refused',
    cause: 'The proxy did not accept the access key id or the secret access key of the store.',
    fault: 'settings',
    remedy: 'Check both parts of the credential against the proxy, and that it belongs to this path.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyInvalidConfigurationException: {
    class: 'refused',
    cause: 'The proxy is not configured for these values, for example because it does not serve the path.',
    fault: 'settings',
    remedy: 'Check XksProxyUriPath and the TLS certificate of the proxy.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyInvalidResponseException: {
    class: 'refused',
    cause: 'KMS cannot make sense of the response of the proxy.',
    fault: 'XKS proxy',
    remedy: 'Try again once or twice; if it persists, read the log of the proxy and contact its vendor.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyVpcEndpointServiceInUseException: {
    class: 'refused',
    cause: 'Another external key store uses this VPC endpoint service.',
    fault: 'input',
    remedy: 'Use a separate VPC endpoint service for each store.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyVpcEndpointServiceNotFoundException: {
    class: 'refused',
    cause: 'KMS cannot find the VPC endpoint service: a wrong name, another Region, or KMS is not allowed to use it.',
    fault: 'VPC endpoint service',
    remedy:
      'Check XksProxyVpcEndpointServiceName and allow cks.kms.REGION.amazonaws.com as a principal of the service.',
    concerns: 'connection',
    mayPass: true,
  },
  XksProxyVpcEndpointServiceInvalidConfigurationException: {
    class: 'refused',
    cause: 'The VPC endpoint service is not set up as KMS needs it.',
    fault: 'VPC endpoint service',
    remedy:
      'Check: a Network Load Balancer in two zones, no acceptance required, the private DNS name verified and equal to the endpoint.',
    concerns: 'connection',
    mayPass: true,
  },
};

/** Everything that a call to KMS is known to answer, by the name that KMS, the SDK or Node.js gives it. */
export const errors: Readonly<Record<string, ErrorFact>> = Object.fromEntries(
  Object.entries({ ...rows, ...commonErrors }).map(([code, row]) => [code, withLogin(row)]),
);

const unknownRefusal: ErrorFact = {
  class: 'refused',
  cause: 'KMS rejected the call with an error that this version does not know.',
  fault: 'input',
  remedy: 'Read the message of KMS and look the error up in the KMS API reference.',
  login: 'maybe',
};

const unknownFailure = withLogin({
  class: 'unclear',
  cause: 'The call failed with an error that this version does not know, so it may have taken effect.',
  fault: 'KMS',
  remedy: 'Describe the store to see what happened, and look the error up in the KMS API reference.',
});

const answeredByOthers = withLogin(conditions.answeredByOthers);

/** How a call was answered over HTTP. Both are absent where no answer came. */
export interface HttpAnswer {
  readonly httpStatusCode?: number;
  /** KMS gives one with each of its answers. */
  readonly requestId?: string;
}

/**
 * Explains an error by its name and by how it was answered. An answer without a request id is not from KMS, so it tells
 * nothing about the call. A status of 5xx is never a rejection, whatever the name says.
 */
export function explainError(code: string, { httpStatusCode: status, requestId }: HttpAnswer = {}): ErrorFact {
  const known = isKnownError(code) ? errors[code] : undefined;
  if (status === undefined) return known ?? unknownFailure;
  if (requestId === undefined) return known && canLackRequestId(known) ? known : answeredByOthers;
  if (known) return status >= 500 && isRejection(known.class) ? unknownFailure : known;
  if (status === 429) return withLogin(conditions.throttled);
  return status >= 400 && status < 500 ? unknownRefusal : unknownFailure;
}

/** Whether an error of this name is in the catalogue. */
export function isKnownError(code: string): boolean {
  return Object.hasOwn(errors, code);
}

/** A failure on the way says as much without one, and so does one of the services that give out credentials. */
function canLackRequestId({ class: failureClass }: ErrorFact): boolean {
  return failureClass === 'unclear' || failureClass === 'credentials';
}

/** Whether the service has judged the call and says no. */
export function isRejection(failureClass: FailureClass): boolean {
  return ['refused', 'invalidState', 'denied', 'notFound'].includes(failureClass);
}

// A Connect that was refused never began; one whose fate is unclear may have gone all the way to the login.
function withLogin(row: Row): ErrorFact {
  return { ...row, login: row.class === 'unclear' ? 'maybe' : 'never' };
}
