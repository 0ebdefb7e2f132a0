/**
 * The errors that any AWS call can answer, and those of the SDK and the network: many names, few conditions.
 *
 * Sources: the KMS API reference, Common Errors; the KMS Developer Guide, requests-per-second; names seen from the AWS
 * SDK for JavaScript and Node.js.
 */
import type { Row } from './error-fact.ts';

/** What may be behind a name. */
export const conditions = {
  throttled: {
    class: 'throttled',
    cause: 'Too many calls: KMS takes five a second of each custom key store operation for an account and Region.',
    fault: 'AWS account',
    remedy: 'Wait, and let other programs that make the same call in this account and Region pause.',
  },
  denied: {
    class: 'denied',
    cause: 'The AWS identity is not allowed to make this call.',
    fault: 'AWS account',
    remedy:
      'Allow the action in IAM (those on custom key stores need Resource "*"), and look for a policy that denies it.',
  },
  invalidInput: {
    class: 'refused',
    cause: 'A value breaks a rule of the KMS API, or values were combined that do not go together.',
    fault: 'input',
    remedy: 'Correct the value that the message names.',
  },
  wrongEndpoint: {
    class: 'refused',
    cause: 'The service at the endpoint does not understand the request.',
    fault: 'input',
    remedy: 'Check that the endpoint URL, if one is set, is that of KMS, and that this program is up to date.',
  },
  notSubscribed: {
    class: 'denied',
    cause: 'The AWS account has not opted in to this service or Region.',
    fault: 'AWS account',
    remedy: 'Enable the Region for the account, or choose the Region of the store.',
  },
  noCredentials: {
    class: 'credentials',
    cause: 'No usable AWS credentials were found.',
    fault: 'AWS account',
    remedy:
      'Log in to AWS (for example: aws sso login), or set the profile or the environment variables that hold credentials.',
  },
  roleDenied: {
    class: 'credentials',
    cause: 'AWS STS does not let the AWS identity assume the role whose credentials are wanted.',
    fault: 'AWS account',
    remedy: "Check the role, its trust policy and the identity's right to sts:AssumeRole, then log in again.",
  },
  expired: {
    class: 'credentials',
    cause: 'The AWS session token has expired.',
    fault: 'AWS account',
    remedy: 'Log in to AWS again or get new temporary credentials.',
  },
  unknownIdentity: {
    class: 'credentials',
    cause: 'AWS does not know the access key or the session token, or the Region is not enabled for the account.',
    fault: 'AWS account',
    remedy: 'Check profile, access key and Region.',
  },
  wrongSignature: {
    class: 'credentials',
    cause:
      'The signature of the request does not fit: a wrong secret key, a clock that is off, or a proxy that alters requests.',
    fault: 'AWS account',
    remedy: 'Check the AWS secret access key and the clock of this machine.',
  },
  skewedClock: {
    class: 'credentials',
    cause: 'The time stamp of the request is too far from the time of AWS.',
    fault: 'AWS account',
    remedy: 'Set the clock of this machine.',
  },
  internal: {
    class: 'unclear',
    cause: 'KMS failed inside; a call that changes the store may have taken effect anyway.',
    fault: 'KMS',
    remedy: 'Describe the store (cks describe); if it keeps failing, check the AWS Health Dashboard.',
  },
  lostAnswer: {
    class: 'unclear',
    cause:
      'The connection broke or time ran out before KMS answered; a call that changes the store may have taken effect anyway.',
    fault: 'network',
    remedy: 'Check the network to KMS, then describe the store (cks describe).',
  },
  answeredByOthers: {
    class: 'unclear',
    cause:
      'Something between this machine and KMS answered, such as a proxy: the answer has no request id. KMS may have received the call anyway.',
    fault: 'network',
    remedy: 'Check the proxies between this machine and KMS, then describe the store (cks describe).',
  },
  unreadableAnswer: {
    class: 'unclear',
    cause:
      'The answer is not one of AWS, so something between this machine and KMS wrote it, such as a proxy. KMS may have received the call anyway.',
    fault: 'network',
    remedy: 'Check the proxies between this machine and KMS, then describe the store (cks describe).',
  },
  brokenTls: {
    class: 'unclear',
    cause: 'TLS failed, most likely because something other than KMS over HTTPS answers at the endpoint.',
    fault: 'network',
    remedy: 'Check the endpoint URL and any proxy in between, then describe the store (cks describe).',
  },
  noName: {
    class: 'unreachable',
    cause: 'The host name of the endpoint could not be resolved.',
    fault: 'network',
    remedy: 'Check the network, the DNS, the Region and the endpoint URL.',
  },
  noListener: {
    class: 'unreachable',
    cause: 'Nothing accepts connections at the endpoint.',
    fault: 'network',
    remedy: 'Check the endpoint URL, the firewall and any VPC endpoint of KMS.',
  },
  untrusted: {
    class: 'unreachable',
    cause: 'The TLS certificate at the endpoint is not valid or not trusted here, so the request was not sent.',
    fault: 'network',
    remedy:
      'Check the endpoint URL and the clock; behind a TLS-inspecting proxy, trust its CA with NODE_EXTRA_CA_CERTS.',
  },
  noRegion: {
    class: 'refused',
    cause: 'No AWS Region is configured.',
    fault: 'input',
    remedy: 'Name one with --region, AWS_REGION, or in the profile of the AWS configuration.',
  },
  noEndpoint: {
    class: 'refused',
    cause: 'The Region or the endpoint URL is not written as one.',
    fault: 'input',
    remedy: 'Check --region and --endpoint-url (https://...), and the variables AWS_REGION and AWS_ENDPOINT_URL_KMS.',
  },
  endlessPages: {
    class: 'refused',
    cause: 'The service gives the pages of its list again and again, so the list cannot be read.',
    fault: 'KMS',
    remedy: 'Name the store by its id (cks-...), which needs no list; open a case with AWS if this continues.',
  },
  noSecret: {
    class: 'refused',
    cause: 'A secret that the update needs cannot be read any more, so cks sent nothing.',
    fault: 'input',
    remedy: 'Restore it where the message says, or name another place for it.',
  },
  unsureLock: {
    class: 'refused',
    cause: 'Whether this run still owns the lock of the store is unknown, so cks sent nothing.',
    fault: 'AWS account',
    remedy: 'Do what the message says, then run the command again.',
  },
  loginLimit: {
    class: 'refused',
    cause: 'Five failed logins lock kmsuser out of its cluster, so cks stops long before.',
    fault: 'kmsuser',
    remedy:
      'Fix the cause of the last failure, then allow one more connect with --accept login, or give KMS another password.',
  },
} as const satisfies Record<string, Row>;

export const commonErrors: Readonly<Record<string, Row>> = {
  // The names that the AWS SDKs take for throttling.
  BandwidthLimitExceeded: conditions.throttled,
  EC2ThrottledException: conditions.throttled,
  PriorRequestNotComplete: conditions.throttled,
  ProvisionedThroughputExceededException: conditions.throttled,
  RequestLimitExceeded: conditions.throttled,
  RequestThrottled: conditions.throttled,
  RequestThrottledException: conditions.throttled,
  SlowDown: conditions.throttled,
  ThrottledException: conditions.throttled,
  Throttling: conditions.throttled,
  ThrottlingException: conditions.throttled,
  TooManyRequests: conditions.throttled,
  TooManyRequestsException: conditions.throttled,
  TransactionInProgressException: conditions.throttled,
  AccessDeniedException: conditions.denied,
  NotAuthorized: conditions.denied,
  OptInRequired: conditions.notSubscribed,
  ValidationException: conditions.invalidInput,
  ValidationError: conditions.invalidInput,
  SerializationException: conditions.wrongEndpoint,
  UnknownOperationException: conditions.wrongEndpoint,

  CredentialsProviderError: conditions.noCredentials,
  TokenProviderError: conditions.noCredentials,
  // What STS answers while the SDK looks for credentials: the call itself was not sent. KMS says AccessDeniedException.
  AccessDenied: conditions.roleDenied,
  IDPCommunicationError: conditions.noCredentials,
  IDPCommunicationErrorException: conditions.noCredentials,
  IDPRejectedClaim: conditions.noCredentials,
  IDPRejectedClaimException: conditions.noCredentials,
  InvalidIdentityToken: conditions.noCredentials,
  InvalidIdentityTokenException: conditions.noCredentials,
  MissingAuthenticationToken: conditions.noCredentials,
  MissingAuthenticationTokenException: conditions.noCredentials,
  ExpiredToken: conditions.expired,
  ExpiredTokenException: conditions.expired,
  UnrecognizedClientException: conditions.unknownIdentity,
  InvalidClientTokenId: conditions.unknownIdentity,
  InvalidSignatureException: conditions.wrongSignature,
  SignatureDoesNotMatch: conditions.wrongSignature,
  IncompleteSignature: conditions.wrongSignature,
  IncompleteSignatureException: conditions.wrongSignature,
  RequestExpired: conditions.skewedClock,
  RequestTimeTooSkewed: conditions.skewedClock,

  InternalFailure: conditions.internal,
  InternalServerError: conditions.internal,
  ServiceUnavailable: conditions.internal,
  ServiceUnavailableException: conditions.internal,
  DependencyTimeoutException: conditions.internal,
  RequestTimeout: conditions.lostAnswer,
  RequestTimeoutException: conditions.lostAnswer,
  RequestAbortedException: conditions.lostAnswer,
  TimeoutError: conditions.lostAnswer,
  AbortError: conditions.lostAnswer,
  ECONNRESET: conditions.lostAnswer,
  EPIPE: conditions.lostAnswer,
  // The SDK gives its own request timeout this code, and a read can end with these three long after the request left.
  ETIMEDOUT: conditions.lostAnswer,
  EHOSTUNREACH: conditions.lostAnswer,
  ENETUNREACH: conditions.lostAnswer,
  // A page in the place of an answer, or nothing in it: also where a proxy passes the request id of KMS on.
  SyntaxError: conditions.unreadableAnswer,
  Unknown: conditions.unreadableAnswer,
  UnknownError: conditions.unreadableAnswer,
  // Mostly a failed handshake, but a proxy that breaks into a running connection causes the same.
  EPROTO: conditions.brokenTls,
  ERR_SSL_WRONG_VERSION_NUMBER: conditions.brokenTls,

  ENOTFOUND: conditions.noName,
  EAI_AGAIN: conditions.noName,
  ECONNREFUSED: conditions.noListener,
  CERT_HAS_EXPIRED: conditions.untrusted,
  CERT_NOT_YET_VALID: conditions.untrusted,
  CERT_REVOKED: conditions.untrusted,
  CERT_UNTRUSTED: conditions.untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: conditions.untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: conditions.untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: conditions.untrusted,
  UNABLE_TO_GET_ISSUER_CERT: conditions.untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: conditions.untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: conditions.untrusted,

  // What a step of our own answers in KMS's place.
  ENDLESS_PAGES: conditions.endlessPages,
  UNREADABLE_ANSWER: conditions.unreadableAnswer,
  SECRET_UNAVAILABLE: conditions.noSecret,
  LOGIN_LIMIT: conditions.loginLimit,
  LOCK_UNSURE: conditions.unsureLock,

  RegionMissing: conditions.noRegion,
  RegionInvalid: conditions.noEndpoint,
  EndpointInvalid: conditions.noEndpoint,
};
