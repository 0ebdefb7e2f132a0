/** Servers that stand where a proxy should, each wrong in its own way, and what it takes to ask them. Not a test. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { ProxyRequest } from '../../src/ports/xks-proxy.ts';
import { createXksProxy, type XksProxyOptions } from '../../src/xks-proxy/xks-proxy.ts';

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

type Closing = { close(): Promise<void> };

const open: Closing[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Closes a server when the test is over. */
export function keep<S extends Closing>(server: S): S {
  open.push(server);
  return server;
}

export interface RawServer extends Closing {
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const raw: RawServer = {
    address: tls ? `127.0.0.1:${port}` : `http://127.0.0.1:${port}`,
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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
