/** Servers that stand where a proxy should, each wrong in its own way, and what it takes to ask them. Not a test. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { ProxyRequest } from '../../src/ports/xks-proxy.ts';
import { createXksProxy, type XksProxyOptions } from '../../src/xks-proxy/xks-proxy.ts';
import { keep, type Listening, listen } from './servers.ts';

export const endpoint = 'https://proxy.example.com';
export const path = '/example/kms/xks/v1';
export const credential = { AccessKeyId: 'ABCDEFGHIJKLMNOPQRST', RawSecretAccessKey: 'n3w/Secret+'.repeat(4) };

export const health: ProxyRequest = {
  endpoint,
  path,
  resource: 'health',
  method: 'POST',
  credential,
  body: { requestMetadata: { kmsOperation: 'KmsHealthCheck', kmsRequestId: 'request-1' } },
};

export const healthy = {
  xksProxyFleetSize: 1,
  xksProxyVendor: 'Acme',
  xksProxyModel: 'Acme XKS Proxy 1.0',
  ekmVendor: 'Acme',
  ekmFleetDetails: [{ id: 'one', model: 'Acme', healthStatus: 'ACTIVE' }],
};

export interface RawServer extends Pick<Listening, 'close'> {
  readonly address: string;
  /** Connections that were made. */
  connections: number;
}

/** Answers in its own words, over TLS where it is handed a certificate. */
export async function serveRaw(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: ServerOptions,
): Promise<RawServer> {
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  const { port, url, close } = await listen(server);
  const raw: RawServer = { address: tls ? `127.0.0.1:${port}` : url, connections: 0, close };
  server.on('connection', () => {
    raw.connections += 1;
  });
  return keep(raw);
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Whoever asks for the endpoint of the tests reaches the address. */
export function reach(address: string, options: Partial<XksProxyOptions> = {}) {
  return createXksProxy({ region: 'us-east-1', now: Date.now, connectTo: { [endpoint]: address }, ...options });
}

export const never: AbortSignal = new AbortController().signal;
