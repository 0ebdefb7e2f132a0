/** XKS proxies and VPC endpoint services as KMS meets them. One table says what each symptom is called where it shows. */
import { refuse } from './fault.ts';
import type { ConnectionErrorCode } from './shapes.ts';

export type EkmState = 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE';

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
  /** How the health request is answered by a proxy that works so far. */
  answer: 'health' | 'malformed' | 'internalError' | 'throttled' | 'dependencyTimeout';
  ekm: readonly EkmState[];
}

export type ProxyDescription = { readonly endpoint: string } & Partial<Omit<XksProxy, 'endpoint'>>;

export interface VpcEndpointService {
  readonly name: string;
  owner: string;
  /** Whether KMS can find it: it exists here and allows the KMS principal. */
  found: boolean;
  /** Load balancer, zones, acceptance and verification as KMS wants them. */
  valid: boolean;
  /** undefined: whatever the store's endpoint says. */
  privateDnsName: string | undefined;
}

export type VpcEndpointServiceDescription = { readonly name: string } & Partial<Omit<VpcEndpointService, 'name'>>;

/** What a store tells KMS about its proxy. */
export interface ProxyAddress {
  readonly endpoint: string;
  readonly path: string;
  readonly accessKeyId: string;
  readonly secret: string;
}

interface Symptom {
  /** Answered by Create and Update. */
  readonly exception: string;
  /** Shown after Connect. */
  readonly code: ConnectionErrorCode;
  readonly message: string;
}

/** XKS proxy API specification 1.0.3, "Error codes", and the developer guide's list of connection errors. */
const symptoms = {
  unreachable: symptom('XksProxyUriUnreachableException', 'XKS_PROXY_NOT_REACHABLE', 'KMS cannot reach the proxy'),
  badTls: symptom('XksProxyUriUnreachableException', 'XKS_PROXY_INVALID_TLS_CONFIGURATION', 'TLS to the proxy failed'),
  tooSlow: symptom('XksProxyUriUnreachableException', 'XKS_PROXY_TIMED_OUT', 'The proxy did not answer in time'),
  wrongPath: symptom('XksProxyInvalidConfigurationException', 'XKS_PROXY_INVALID_CONFIGURATION', 'The path is invalid'),
  wrongCredential: symptom(
    'XksProxyIncorrectAuthenticationCredentialException',
    'INVALID_CREDENTIALS',
    'The proxy rejected the credential',
  ),
  accessDenied: symptom('XksProxyInvalidResponseException', 'XKS_PROXY_ACCESS_DENIED', 'The proxy denied access'),
  malformed: symptom('XksProxyInvalidResponseException', 'XKS_PROXY_INVALID_RESPONSE', 'The answer is malformed'),
  internalError: symptom(
    'XksProxyInvalidResponseException',
    'XKS_PROXY_INVALID_RESPONSE',
    'The proxy failed internally',
  ),
  throttled: symptom('XksProxyUriUnreachableException', 'XKS_PROXY_NOT_REACHABLE', 'The proxy throttled the request'),
  dependencyTimeout: symptom('XksProxyUriUnreachableException', 'XKS_PROXY_TIMED_OUT', 'The key manager timed out'),
  noKeyManager: symptom(
    'XksProxyUriUnreachableException',
    'XKS_PROXY_NOT_REACHABLE',
    'All external key manager instances are unavailable',
  ),
  noService: symptom(
    'XksProxyVpcEndpointServiceNotFoundException',
    'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
    'KMS cannot find the VPC endpoint service',
  ),
  badService: symptom(
    'XksProxyVpcEndpointServiceInvalidConfigurationException',
    'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
    'The VPC endpoint service does not meet the requirements',
  ),
} as const;

function symptom(exception: string, code: ConnectionErrorCode, message: string): Symptom {
  return { exception, code, message };
}

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
  };
  return { ...healthy, ...description };
}

export function createService(description: VpcEndpointServiceDescription, accountId: string): VpcEndpointService {
  return { owner: accountId, found: true, valid: true, privateDnsName: undefined, ...description };
}

/** DNS names have no case. */
export function sameEndpoint(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** What GetHealthStatus would meet: undefined when the proxy is well. A proxy nobody described is. */
export function examineProxy(proxy: XksProxy | undefined, address: ProxyAddress): Symptom | undefined {
  if (!proxy) return undefined;
  if (!proxy.reachable) return symptoms.unreachable;
  if (!proxy.tlsValid) return symptoms.badTls;
  if (proxy.slow) return symptoms.tooSlow;
  // The route decides whose credential is asked for, so an unknown path shows before a wrong credential.
  if (proxy.paths && !proxy.paths.includes(address.path)) return symptoms.wrongPath;
  if (proxy.credentials && proxy.credentials[address.accessKeyId] !== address.secret) return symptoms.wrongCredential;
  if (proxy.accessDenied) return symptoms.accessDenied;
  if (proxy.answer !== 'health') return symptoms[proxy.answer];
  if (proxy.ekm.length === 0) return symptoms.malformed;
  return proxy.ekm.every((state) => state === 'UNAVAILABLE') ? symptoms.noKeyManager : undefined;
}

/** What KMS would find wrong with a VPC endpoint service. One that nobody described is as the store says. */
export function examineService(
  service: VpcEndpointService | undefined,
  owner: string | undefined,
  endpoint: string,
): Symptom | undefined {
  if (!service) return undefined;
  if (!service.found || service.owner !== owner) return symptoms.noService;
  const namesMatch =
    service.privateDnsName === undefined || sameEndpoint(`https://${service.privateDnsName}`, endpoint);
  return service.valid && namesMatch ? undefined : symptoms.badService;
}

export function refuseSymptom(found: Symptom | undefined): void {
  if (found) refuse(found.exception, found.message);
}
