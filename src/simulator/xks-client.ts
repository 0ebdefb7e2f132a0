/**
 * A proxy that stands outside, asked as KMS asks one. Sources: XKS proxy API specification 1.0.3; developer guide,
 * xks-monitoring: KMS waits 250 milliseconds, connection included, and tries once more where that was too short.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Question } from './external/outside.ts';
import type { ProxyReply, ProxyRequest } from './external/protocol.ts';
import { signFor } from './xks-server/signature.ts';

/** How long KMS waits, in milliseconds. */
export const documentedWaitMs = 250;

/** No answer of the specification is half as large. */
const largestBytes = 64 * 1024;
const unreadable: ProxyReply = { kind: 'answered', status: 0, body: '' };

/** Never rejects. */
export async function askOverHttp(question: Question, region: string, waitMs: number): Promise<ProxyReply> {
  if (!URL.canParse(question.address)) return { kind: 'unreachable' };
  const reply = await send(question, region, waitMs);
  return reply.kind === 'timedOut' ? send(question, region, waitMs) : reply;
}

function send({ address, request }: Question, region: string, waitMs: number): Promise<ProxyReply> {
  const isSecure = address.startsWith('https:');
  const signal = AbortSignal.timeout(waitMs);
  let isReached = false;
  let isSecured = false;
  return new Promise((resolve) => {
    const fail = ({ code = '' }: NodeJS.ErrnoException): void => {
      if (signal.aborted) resolve({ kind: 'timedOut' });
      else if (code.startsWith('HPE_')) resolve(unreadable);
      // A proxy that asks for a certificate of KMS says so only after the handshake.
      else if (isSecure && isReached && (!isSecured || code.startsWith('ERR_SSL_'))) resolve({ kind: 'tlsFailed' });
      else resolve({ kind: 'unreachable' });
    };
    const listener = (response: IncomingMessage): void => {
      const { statusCode: status = 0 } = response;
      readBody(response).then((body) => resolve({ kind: 'answered', status, body }), fail);
    };
    const options = { ...describe(request, region), signal };
    const sent = isSecure ? requestHttps(address, options, listener) : requestHttp(address, options, listener);
    sent.on('error', fail).on('socket', (socket) => {
      socket.once('connect', () => {
        isReached = true;
      });
      socket.once('secureConnect', () => {
        isSecured = true;
      });
    });
    sent.end(request.body);
  });
}

/** Signed by the clock of this machine: a real proxy goes by its own. */
function describe(request: ProxyRequest, region: string): RequestOptions & { servername: string } {
  const { endpoint, path, resource, body } = request;
  const { hostname } = new URL(endpoint);
  const signed = { method: 'POST', url: `${path}/${resource}`, body };
  return {
    method: signed.method,
    path: signed.url,
    servername: hostname,
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...signFor(hostname, signed, request, region, Date.now()),
    },
  };
}

/** Empty, and so nothing that KMS can interpret, where it is larger than any answer. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestBytes) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
