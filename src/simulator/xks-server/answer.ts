/** From an HTTP request to what the proxy of the simulator that it is meant for answers. No I/O. */
import type { ProxyReply } from '../external/protocol.ts';
import type { Simulator } from '../simulator.ts';
import { isSignedBy, type SignedRequest } from './signature.ts';

export interface XksHttpRequest extends SignedRequest {
  /** Endpoint of the proxy. */
  readonly endpoint: string;
}

const versionedPath = /^((?:\/[a-zA-Z0-9_/-]+)?\/kms\/xks\/v1)\/(health|keys\/[^/]+\/[a-z]+)$/;

/** `nowMs`: the client's clock, since the epoch. */
export function answerXksRequest(simulator: Simulator, request: XksHttpRequest, nowMs: number): ProxyReply {
  const { endpoint, method, url, body } = request;
  const [, path, resource] = versionedPath.exec(url) ?? [];
  if (path === undefined || resource === undefined) {
    const body = JSON.stringify({ errorName: 'InvalidUriPathException', errorMessage: 'No such path' });
    return { kind: 'answered', status: 404, body };
  }
  const isAuthentic = (credentials: Readonly<Record<string, string>>): boolean =>
    isSignedBy(credentials, request, simulator.region, nowMs);
  return simulator.askProxy({ endpoint, path, resource, method, isAuthentic, body });
}
