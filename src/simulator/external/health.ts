/**
 * GetHealthStatus as KMS understands the reply. Sources: XKS proxy API specification 1.0.3, "Error codes"; developer guide,
 * xks-monitoring (what each error of a proxy becomes) and xks-troubleshooting (connection error codes).
 */
import type { Interpretations } from '../interpretations.ts';
import type { Problem } from './problem.ts';
import { type ProxyReply, readBody, readErrorName } from './protocol.ts';

const unreachable: Problem = {
  exception: 'XksProxyUriUnreachableException',
  code: 'XKS_PROXY_NOT_REACHABLE',
  message: 'KMS cannot reach the proxy',
};

const unreached = {
  unreachable,
  tlsFailed: {
    exception: 'XksProxyUriUnreachableException',
    code: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    message: 'TLS to the proxy failed',
  },
  timedOut: {
    exception: 'XksProxyUriUnreachableException',
    code: 'XKS_PROXY_TIMED_OUT',
    message: 'The proxy did not answer within 250 milliseconds',
  },
} as const satisfies Record<string, Problem>;

const malformed: Problem = {
  exception: 'XksProxyInvalidResponseException',
  code: 'XKS_PROXY_INVALID_RESPONSE',
  message: 'KMS cannot interpret the answer of the proxy',
};

/** By the errorName of the answer; any other, or none, is a malformed answer. */
const answered: Readonly<Record<string, Problem>> = {
  ValidationException: { ...malformed, message: 'The proxy rejected the request as invalid' },
  InternalException: { ...malformed, message: 'The proxy failed internally' },
  AuthenticationFailedException: {
    exception: 'XksProxyIncorrectAuthenticationCredentialException',
    code: 'INVALID_CREDENTIALS',
    message: 'The proxy rejected the credential',
  },
  // The specification exempts the health request from authorization, and has no row for a proxy that asks for it.
  AccessDeniedException: {
    ...malformed,
    code: 'XKS_PROXY_ACCESS_DENIED',
    message: 'The proxy denied access',
  },
  InvalidUriPathException: {
    exception: 'XksProxyInvalidConfigurationException',
    code: 'XKS_PROXY_INVALID_CONFIGURATION',
    message: 'The proxy rejected the request because of an invalid URI path',
  },
  ThrottlingException: { ...unreachable, message: 'The proxy throttled the request' },
  DependencyTimeoutException: {
    ...unreached.timedOut,
    message: 'The proxy waited in vain for the external key manager',
  },
};

const noKeyManager: Problem = { ...unreachable, message: 'All external key manager instances are unavailable' };

const healthStates = ['ACTIVE', 'DEGRADED', 'UNAVAILABLE'];

/** What KMS finds wrong with the reply; undefined when the proxy is well. */
export function judgeHealth(reply: ProxyReply, interpretations: Interpretations): Problem | undefined {
  if (reply.kind === 'tlsFailed') return { ...unreached.tlsFailed, exception: interpretations.tlsFailure };
  if (reply.kind !== 'answered') return unreached[reply.kind];
  if (reply.status !== 200) return answered[readErrorName(reply.body) ?? ''] ?? malformed;
  const states = readFleet(reply.body);
  if (!states) return malformed;
  return states.every((state) => state === 'UNAVAILABLE') ? noKeyManager : undefined;
}

/** The states of the key managers: 1 to 10 of the three words, as the specification says; undefined where they are not. */
function readFleet(body: string): readonly unknown[] | undefined {
  const fleet = readBody(body)?.ekmFleetDetails;
  if (!Array.isArray(fleet) || fleet.length < 1 || fleet.length > 10) return undefined;
  const states = fleet.map((instance: { healthStatus?: unknown } | null) => instance?.healthStatus);
  return states.every((state) => healthStates.includes(state as string)) ? states : undefined;
}
