/** An XKS proxy in this process: what an operator may do to it, and what it answers then. */
import type { KeyManagers } from './key-manager.ts';
import { type ProxyReply, type ProxyRequest, readBody } from './protocol.ts';
import { answerForKey } from './proxy-keys.ts';

export type EkmState = 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE';

/** What GetKeyMetadata says of an external key. */
export interface ExternalKey {
  readonly keySpec: string;
  readonly keyUsage: readonly string[];
  readonly keyStatus: 'ENABLED' | 'DISABLED';
}

/** Everything but the endpoint may be changed by a test at any time. */
export interface XksProxy {
  readonly endpoint: string;
  /** Base paths it serves; undefined: all. */
  paths: readonly string[] | undefined;
  /** AccessKeyId -> RawSecretAccessKey; undefined: it takes any credential. */
  credentials: Readonly<Record<string, string>> | undefined;
  reachable: boolean;
  /** Answers, but later than the 250 ms that KMS waits. */
  slow: boolean;
  tlsValid: boolean;
  accessDenied: boolean;
  /** How a request is answered by a proxy that works so far. `health`: as it should be; or these very words. */
  answer: keyof typeof troubles | 'health' | { readonly status: number; readonly body: string };
  ekm: readonly EkmState[];
  /** External keys by id; undefined: whatever is asked for is there and fit. */
  keys: Readonly<Record<string, ExternalKey>> | undefined;
  /** Name of the external key manager behind it: proxies that share one reach the same keys. Default the same for all. */
  keyManager: string;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly body: string;
}

export type ProxyDescription = { readonly endpoint: string } & Partial<Omit<XksProxy, 'endpoint'>>;

const troubles = {
  malformed: { status: 200, body: 'Good morning' },
  validation: error(400, 'ValidationException'),
  internalError: error(500, 'InternalException'),
  throttled: error(429, 'ThrottlingException'),
  dependencyTimeout: error(503, 'DependencyTimeoutException'),
} as const;

export function createProxy(description: ProxyDescription): XksProxy {
  const healthy: Omit<XksProxy, 'endpoint'> = {
    paths: undefined,
    credentials: undefined,
    reachable: true,
    slow: false,
    tlsValid: true,
    accessDenied: false,
    answer: 'health',
    ekm: ['ACTIVE'],
    keys: undefined,
    keyManager: 'key-manager',
  };
  return { ...healthy, ...description };
}

/** DNS names have no case. */
export function sameEndpoint(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A request as a proxy receives it: it sees a signature, and whether one of the credentials that it knows made it. */
export type ReceivedRequest = Pick<ProxyRequest, 'endpoint' | 'path' | 'body'> & {
  readonly resource: string;
  readonly isAuthentic: (credentials: Readonly<Record<string, string>>) => boolean;
};

/** What KMS hears from a proxy; one that nobody described is well. */
export function answerAsProxy(
  described: XksProxy | undefined,
  request: ReceivedRequest,
  managers: KeyManagers,
): ProxyReply {
  const proxy = described ?? createProxy({ endpoint: request.endpoint });
  if (!proxy.reachable) return { kind: 'unreachable' };
  if (!proxy.tlsValid) return { kind: 'tlsFailed' };
  if (proxy.slow) return { kind: 'timedOut' };
  return { kind: 'answered', ...answer(proxy, request, managers) };
}

function answer(proxy: XksProxy, request: ReceivedRequest, managers: KeyManagers): ProxyAnswer {
  // The route decides whose credential is asked for, so an unknown path shows before a wrong credential.
  if (proxy.paths && !proxy.paths.includes(request.path)) return error(404, 'InvalidUriPathException');
  if (proxy.credentials && !request.isAuthentic(proxy.credentials)) {
    return error(401, 'AuthenticationFailedException');
  }
  if (proxy.accessDenied) return error(403, 'AccessDeniedException');
  if (typeof proxy.answer === 'object') return proxy.answer;
  if (proxy.answer !== 'health') return troubles[proxy.answer];
  const body = readBody(request.body);
  if (typeof body?.requestMetadata !== 'object') return error(400, 'ValidationException');
  return request.resource === 'health' ? tellHealth(proxy) : answerForKey(managers, proxy, request.resource, body);
}

function tellHealth({ ekm }: XksProxy): ProxyAnswer {
  const ekmFleetDetails = ekm.map((healthStatus, at) => ({ id: `ekm-${at + 1}`, model: 'simulated', healthStatus }));
  const vendor = { xksProxyVendor: 'simulator', xksProxyModel: 'simulated', ekmVendor: 'simulator' };
  return { status: 200, body: JSON.stringify({ xksProxyFleetSize: 1, ...vendor, ekmFleetDetails }) };
}

function error(status: number, errorName: string): ProxyAnswer {
  return { status, body: JSON.stringify({ errorName }) };
}
