/** The simulator behind HTTP, so that the AWS CLI and every SDK can be rehearsed against it. No request may bring it down. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaledClock } from './clock.ts';
import { answerRequest, type HttpAnswer } from './http-answer.ts';
import { type Listening, listen } from './listen.ts';
import type { Simulator } from './simulator.ts';
import { askOverHttp, documentedWaitMs } from './xks-client.ts';

export interface ServeOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1: it checks no signature, so it should not be seen from outside. */
  readonly host?: string;
  /** The simulator's clock, for the control endpoint to advance and to scale. */
  readonly clock?: ScaledClock;
  /** How long KMS waits for a proxy that stands outside (see XksProxy.address), in milliseconds. Default 250. */
  readonly proxyWaitMs?: number;
  /** How long a request may take to arrive, headers and body; then it is answered 408. Default 60 s. */
  readonly requestTimeoutMs?: number;
}

export type SimulatorServer = Listening;

const maxBodyBytes = 1024 * 1024;
/** A body that is larger than the server takes is read on until here, so that the client hears the refusal. */
const endlessBytes = 16 * maxBodyBytes;

/** Starts to listen. Rejects where the port is taken. */
export async function serveSimulator(simulator: Simulator, options: ServeOptions = {}): Promise<SimulatorServer> {
  const { requestTimeoutMs = 60_000 } = options;
  const timeouts = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, 5_000),
  };
  const server = createServer(timeouts, (request, response) => {
    const { socket } = request;
    // A client that goes away while it speaks is no failure of ours. Giving up its body takes the socket off the request.
    respond(simulator, options, request, response).catch(() => socket.destroy());
  });
  // SDKs keep connections open; ending an idle one just as it is used again would look like a lost reply.
  server.keepAliveTimeout = 0;
  return listen(server, options);
}

async function respond(
  simulator: Simulator,
  { clock, proxyWaitMs = documentedWaitMs }: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.headers['x-amz-target'];
  const outcome = await answerRequest(
    simulator,
    {
      method: request.method ?? '',
      url: request.url ?? '/',
      authorization: request.headers.authorization,
      target: Array.isArray(target) ? undefined : target,
      contentType: request.headers['content-type'],
      body: await readBody(request),
    },
    (question) => askOverHttp(question, simulator.region, proxyWaitMs),
    clock,
  );
  // Latency is the network's: it passes in the client's own time, however fast the simulated one runs.
  if (outcome.delayMs > 0) await sleep(outcome.delayMs, undefined, { ref: false });
  if (outcome.kind === 'answered') send(response, outcome.answer);
  else if (outcome.kind === 'lost') request.socket.destroy();
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.statusCode, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'x-amzn-requestid': answer.requestId,
    ...(answer.atMs === undefined ? {} : { date: new Date(answer.atMs).toUTCString() }),
  });
  response.end(answer.body);
}

/** The whole body; undefined when it is too large. @throws where it is endless, or the client went away */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > endlessBytes) throw new RangeError('an endless body');
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}
