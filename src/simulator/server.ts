/** The simulator behind HTTP, so that the AWS CLI and every SDK can be rehearsed against it. No request may bring it down. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRequest } from './http-answer.ts';
import type { Simulator } from './simulator.ts';

export interface ServeOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1: it checks no signature, so it should not be seen from outside. */
  readonly host?: string;
}

export interface SimulatorServer {
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends every connection at once. */
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;

/** Starts to listen. Rejects where the port is taken. */
export async function serveSimulator(simulator: Simulator, options: ServeOptions = {}): Promise<SimulatorServer> {
  const { port: wantedPort = 0, host = '127.0.0.1' } = options;
  const server = createServer((request, response) => {
    // A client that goes away while it speaks is no failure of ours.
    respond(simulator, request, response).catch(() => request.destroy());
  });
  // SDKs keep connections open; ending an idle one just as it is used again would look like a lost reply.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.headers['x-amz-target'];
  const answer = answerRequest(simulator, {
    method: request.method ?? '',
    authorization: request.headers.authorization,
    target: Array.isArray(target) ? undefined : target,
    contentType: request.headers['content-type'],
    body: await readBody(request),
  });
  if (!answer) {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.statusCode, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'x-amzn-requestid': answer.requestId,
  });
  response.end(answer.body);
}

/** The whole body; undefined when it is too large. The rest is still read, so that the client hears the refusal. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}
