/** The proxies of a simulator behind real HTTP or HTTPS, for every client of the XKS proxy API: `curl --aws-sigv4`, a check, KMS. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listening, listen } from '../listen.ts';
import type { Simulator } from '../simulator.ts';
import { answerXksRequest } from './answer.ts';
import type { Certificate } from './self-signed.ts';
import { describeTls } from './tls.ts';

export interface XksProxyOptions {
  /** Which proxy it stands for; default the one that the Host header of each request names. */
  readonly endpoint?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: plain HTTP. See createSelfSigned. */
  readonly tls?: Certificate;
  /** How much later than it could each answer comes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** The clock by which signatures are judged; default Date.now. */
  readonly now?: () => number;
}

export type XksProxyServer = Listening;

const maxBodyBytes = 64 * 1024;
/** KMS waits 250 ms. */
const slowMs = 400;
/** Of the health answer, that makes ten seconds. */
const byteMs = 50;

/** Starts to listen. What the proxies are like may change while it runs. Rejects where the port is taken. */
export async function serveXksProxy(simulator: Simulator, options: XksProxyOptions = {}): Promise<XksProxyServer> {
  const { tls } = options;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    respond(simulator, options, request, response).catch(() => socket.destroy());
  };
  const server = tls
    ? createSecureServer(describeTls(simulator, tls, options.endpoint), listener)
    : createServer(listener);
  return listen(server, options, tls ? 'https' : 'http');
}

async function respond(
  simulator: Simulator,
  { endpoint, latencyMs = 0, now = Date.now }: XksProxyOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '/', headers } = request;
  const body = await readBody(request);
  const meant = endpoint ?? `https://${(headers.host ?? '').replace(/:\d+$/, '')}`;
  const reply = answerXksRequest(simulator, { endpoint: meant, method, url, headers, body }, now());
  const isByteByByte = reply.kind === 'timedOut' && reply.isByteByByte;
  const delayMs = latencyMs + (reply.kind === 'timedOut' && !isByteByByte ? slowMs : 0);
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  const prompt = reply.kind === 'answered' ? reply : undefined;
  const answer = reply.kind === 'timedOut' ? reply.late : prompt;
  if (!answer) {
    request.socket.destroy();
    return;
  }
  const { status, body: text, location, repeats = 1 } = answer;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text) * repeats,
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(location === undefined ? {} : { location }),
  });
  await pipeline(isByteByByte ? splitSlowly(text) : new Array<string>(repeats).fill(text), response);
}

async function* splitSlowly(text: string): AsyncGenerator<string> {
  for (const character of text) {
    await sleep(byteMs, undefined, { ref: false });
    yield character;
  }
}

/** @throws where the body is larger than any request of the specification, or the client went away */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RangeError('a body that is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
