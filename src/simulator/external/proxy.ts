/** An XKS proxy in this process: what an operator may do to it, and what it answers then. */
import { type ProxyAnswer, type ProxyReply, type ProxyRequest, readBody, readErrorName } from './protocol.ts';
import { answerForKey, type ExternalKey, type ProxyBackground } from './proxy-keys.ts';
import { readMetadata } from './request-metadata.ts';

export type EkmState = 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE';

/** Everything but the endpoint may be changed by a test at any time. */
export interface XksProxy {
  readonly endpoint: string;
  /**
   * Where a real one listens that stands for it, such as `http://127.0.0.1:8000`. A served simulator asks that one; of
   * what is said here only `reachable`, `tlsValid` and `slow` still count.
   */
  address: string | undefined;
  /** Base paths it serves; undefined: all. */
  paths: readonly string[] | undefined;
  /** AccessKeyId -> RawSecretAccessKey; undefined: it takes any credential. */
  credentials: Readonly<Record<string, string>> | undefined;
  reachable: boolean;
  /** Answers, but later than the 250 ms that KMS waits: at once then, or one byte after the other. */
  slow: boolean | 'byteByByte';
  /** Where not, serveXksProxy shows a certificate that has expired. */
  tlsValid: boolean;
  /**
   * Insists on the client certificate of KMS, which KMS in here shows until AWS has ended mTLS. Others it asks over HTTPS, from
   * when it begins to listen.
   */
  asksClientCertificate: boolean;
  /** Answers GET too, which the specification forbids. */
  acceptsGet: boolean;
  accessDenied: boolean;
  /**
   * ARNs of the principals that it lets use keys (its secondary authorization, from which health requests are exempt);
   * undefined: all. KMS in here comes as the root user of its account.
   */
  principals: readonly string[] | undefined;
  /** How a request is answered by a proxy that works so far. `health`: as it should be; or these very words. */
  answer: keyof typeof troubles | 'health' | ProxyAnswer;
  ekm: readonly EkmState[];
  /** As its health answer has it: who made it, and who made the key manager behind it. */
  xksProxyVendor: string;
  ekmVendor: string;
  /** External keys by id; undefined: those that a KMS key uses, and any that a new KMS key is to use, all of them fit. */
  keys: Readonly<Record<string, ExternalKey>> | undefined;
  /** The errorMessage that its errors have beside their errorName; undefined: none. */
  errorMessage: string | undefined;
  /** Name of the external key manager behind it: proxies that share one reach the same keys. Default the same for all. */
  keyManager: string;
}

export type ProxyDescription = { readonly endpoint: string } & Partial<Omit<XksProxy, 'endpoint'>>;

const troubles = {
  malformed: { status: 200, body: 'Good morning' },
  redirect: { status: 307, body: '', location: '/moved' },
  /** 64 MiB. */
  huge: { status: 200, body: ' '.repeat(65_536), repeats: 1_024 },
  validation: error(400, 'ValidationException'),
  internalError: error(500, 'InternalException'),
  throttled: error(429, 'ThrottlingException'),
  dependencyTimeout: error(503, 'DependencyTimeoutException'),
} as const satisfies Record<string, ProxyAnswer>;

export function createProxy(description: ProxyDescription): XksProxy {
  const healthy: Omit<XksProxy, 'endpoint'> = {
    address: undefined,
    paths: undefined,
    credentials: undefined,
    reachable: true,
    slow: false,
    tlsValid: true,
    asksClientCertificate: false,
    acceptsGet: false,
    accessDenied: false,
    principals: undefined,
    answer: 'health',
    ekm: ['ACTIVE'],
    xksProxyVendor: 'simulator',
    ekmVendor: 'simulator',
    keys: undefined,
    errorMessage: undefined,
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
  /** Default POST. */
  readonly method?: string;
  readonly isAuthentic: (credentials: Readonly<Record<string, string>>) => boolean;
};

/** What a proxy answers to KMS; one that was not described is healthy. */
export function answerAsProxy(
  described: XksProxy | undefined,
  request: ReceivedRequest,
  background: ProxyBackground,
): ProxyReply {
  const proxy = described ?? createProxy({ endpoint: request.endpoint });
  const obstacle = findObstacle(proxy);
  if (obstacle && obstacle.kind !== 'timedOut') return obstacle;
  const answered = explain(proxy, answer(proxy, request, background));
  return obstacle ? { ...obstacle, late: answered } : { kind: 'answered', ...answered };
}

/** An error with the proxy's own words. */
function explain({ errorMessage }: XksProxy, answered: ProxyAnswer): ProxyAnswer {
  const errorName = errorMessage === undefined ? undefined : readErrorName(answered.body);
  return errorName === undefined ? answered : { ...answered, body: JSON.stringify({ errorName, errorMessage }) };
}

/** Why nothing is heard of a proxy. */
export function findObstacle({ reachable, tlsValid, slow }: XksProxy): ProxyReply | undefined {
  if (!reachable) return { kind: 'unreachable' };
  if (!tlsValid) return { kind: 'tlsFailed' };
  return slow ? { kind: 'timedOut', isByteByByte: slow === 'byteByByte' } : undefined;
}

function answer(proxy: XksProxy, request: ReceivedRequest, background: ProxyBackground): ProxyAnswer {
  // The route decides whose credential is asked for, so an unknown path shows before a wrong credential.
  if (proxy.paths && !proxy.paths.includes(request.path)) return error(404, 'InvalidUriPathException');
  const isPost = (request.method ?? 'POST') === 'POST';
  if (!isPost && !proxy.acceptsGet) return error(405, 'ValidationException');
  if (proxy.credentials && !request.isAuthentic(proxy.credentials)) {
    return error(401, 'AuthenticationFailedException');
  }
  if (proxy.accessDenied) return error(403, 'AccessDeniedException');
  if (typeof proxy.answer === 'object') return proxy.answer;
  if (proxy.answer !== 'health') return troubles[proxy.answer];
  if (!isPost && request.resource === 'health') return describeHealth(proxy);
  const body = readBody(request.body);
  const metadata = body && readMetadata(body, request.resource);
  if (!metadata) return error(400, 'ValidationException');
  if (request.resource === 'health') return describeHealth(proxy);
  const { awsPrincipalArn = '' } = metadata;
  if (proxy.principals && !proxy.principals.includes(awsPrincipalArn)) return error(403, 'AccessDeniedException');
  return answerForKey(background, proxy, request.resource, body);
}

function describeHealth({ ekm, xksProxyVendor, ekmVendor }: XksProxy): ProxyAnswer {
  const ekmFleetDetails = ekm.map((healthStatus, at) => ({ id: `ekm-${at + 1}`, model: 'simulated', healthStatus }));
  const makers = { xksProxyVendor, xksProxyModel: 'simulated', ekmVendor };
  return { status: 200, body: JSON.stringify({ xksProxyFleetSize: 1, ...makers, ekmFleetDetails }) };
}

function error(status: number, errorName: string): ProxyAnswer {
  return { status, body: JSON.stringify({ errorName }) };
}
