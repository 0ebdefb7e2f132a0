/** Asks proxies over HTTPS as KMS does, from where we are. */
import { lookup as lookupOfSystem } from 'node:dns';
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { createKnownSecrets, hideKnownSecrets } from '../aws/known-secrets.ts';
import { toPrintable } from '../domain/printable.ts';
import type { ProxyAnswer, ProxyGreeting, ProxyReply, ProxyRequest, XksProxy } from '../ports/xks-proxy.ts';
import { type ConnectTo, findAddress, serverName } from './address.ts';
import { greet } from './greet.ts';
import { limitTime } from './limit.ts';
import { sign } from './sign.ts';
import { nameTrouble } from './trouble.ts';
import { createTrust } from './trust.ts';

export interface XksProxyOptions {
  /** Of KMS. */
  readonly region: string;
  readonly connectTo?: ConnectTo;
  /** Milliseconds since the epoch, by which requests are signed. */
  readonly now: () => number;
  /** Whom to trust beside those that Node.js trusts, in PEM. */
  readonly authorities?: string;
  /** Default: the resolver of the system. */
  readonly lookup?: LookupFunction;
  /** The longest that one question may take. KMS waits 250 ms; a person waits for a reason. */
  readonly timeoutMs?: number;
}

/** More than any answer of the specification has. */
const maxBodyBytes = 64 * 1024;

/** @throws where `authorities` cannot be read */
export function createXksProxy(options: XksProxyOptions): XksProxy {
  const { connectTo = {}, now, timeoutMs = 5_000, lookup = lookupOfSystem as LookupFunction } = options;
  const trust = createTrust(options.region, options.authorities);
  const { secureContext } = trust;
  const secrets = createKnownSecrets();
  const agents = { plain: new HttpAgent({ keepAlive: true }), tls: new HttpsAgent({ keepAlive: true }) };

  /** Signed, and not sent yet. */
  async function prepare(request: ProxyRequest): Promise<{ readonly body: string; open(): ClientRequest }> {
    const { endpoint, side = 'old', method, credential } = request;
    const { host, port, family, isPlain, name } = findAddress(endpoint, connectTo, side);
    const path = `${request.path}/${request.resource}`;
    const body = method === 'POST' ? JSON.stringify(request.body) : '';
    const signed = await sign(credential, { method, host: name, path, body, region: options.region, atMs: now() });
    const headers = { ...signed, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const common = { host, port, lookup, ...(family ? { family } : {}), method, path, headers };
    // How long a health check takes is measured, and a connection of its own belongs to that.
    const kept = isPlain ? agents.plain : agents.tls;
    const agent = request.resource === 'health' ? false : kept;
    const secure = { ...common, agent, servername: serverName(name), secureContext };
    const open = () => (isPlain ? requestHttp({ ...common, agent }) : requestHttps(secure));
    return { body, open };
  }

  return {
    async greet(endpoint, signal, side = 'old') {
      const address = findAddress(endpoint, connectTo, side);
      const greeting = await limitTime<ProxyGreeting>(timeoutMs, signal, (end, over) =>
        greet({ address, trust, lookup, nowMs: now() }, end, over),
      );
      const isNameless = greeting.kind === 'failed' && greeting.trouble === 'noName' && address.family === 4;
      if (!isNameless || !(await hasIpv6(address.host, lookup))) return greeting;
      return { ...greeting, trouble: 'ipv6Only' };
    },
    locate(endpoint, side) {
      const { host, port } = findAddress(endpoint, connectTo, side);
      return `${host}:${port}`.toLowerCase();
    },

    async ask(request, signal) {
      secrets.add(request.credential.RawSecretAccessKey);
      const asked = { path: `${request.path}/${request.resource}` };
      const { body, open } = await prepare(request);
      const startedAtMs = now();
      return limitTime<ProxyReply>(timeoutMs, signal, (end, over) => {
        const sent = open();
        over.addEventListener('abort', () => sent.destroy(), { once: true });
        sent.on('error', (error) => end(nameTrouble(error)));
        sent.once('response', (response) => read(response, asked, startedAtMs, now, end));
        sent.end(body);
      });
    },
  };
}

function hasIpv6(host: string, lookup: LookupFunction): Promise<boolean> {
  return new Promise((resolve) => lookup(host, { family: 6 }, (error) => resolve(error === null)));
}

/** Members that hold bytes in Base64, which are no reading matter. */
const ofBytes = new Set(['plaintext', 'ciphertext', 'initializationVector', 'authenticationTag', 'ciphertextMetadata']);

const longestText = 300;

/** Makes a text of a proxy safe to show: it may hold a secret or control characters. */
function clean(text: string): string {
  const shown = toPrintable(hideKnownSecrets(text));
  return shown.length > longestText ? `${shown.slice(0, longestText)}...` : shown;
}

function read(
  response: IncomingMessage,
  asked: Pick<ProxyAnswer, 'path'>,
  startedAtMs: number,
  now: () => number,
  end: (reply: ProxyReply) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) end({ kind: 'failed', trouble: 'tooLarge', detail: `more than ${maxBodyBytes} bytes` });
    else chunks.push(chunk);
  });
  response.on('error', (error) => end(nameTrouble(error)));
  response.once('end', () => {
    const toldMs = Date.parse(response.headers.date ?? '');
    const text = Buffer.concat(chunks).toString('utf8');
    if (lacksClientCertificate(response.statusCode, text))
      return end({ kind: 'failed', trouble: 'clientCertificate', detail: `HTTP ${response.statusCode}` });
    end({
      kind: 'answered',
      status: response.statusCode ?? 0,
      json: parse(text),
      ...asked,
      aheadMs: Number.isNaN(toldMs) ? null : toldMs - now(),
      elapsedMs: now() - startedAtMs,
    });
  });
}

/** As nginx answers a client without one: it lets the handshake succeed, and rejects each request. */
function lacksClientCertificate(status: number | undefined, text: string): boolean {
  return status === 400 && /\bno required SSL certificate was sent\b/i.test(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (name, value) => (typeof value === 'string' && !ofBytes.has(name) ? clean(value) : value));
  } catch {
    return undefined;
  }
}
