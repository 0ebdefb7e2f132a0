import { X509Certificate } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openXksProxy } from '../../src/library/wiring/xks-proxy.ts';
import type { ProxyAnswer } from '../../src/ports/xks-proxy.ts';
import { createSelfSigned, createSimulator, serveXksProxy, type XksProxyOptions } from '../../src/simulator/index.ts';
import { createXksProxy } from '../../src/xks-proxy/xks-proxy.ts';
import {
  answerJson,
  credential,
  endpoint,
  health,
  healthy,
  never,
  path,
  reach,
  serveRaw,
} from '../support/broken-proxies.ts';
import { keep } from '../support/servers.ts';

const dayMs = 86_400_000;

const fingerprintOf = ({ cert }: { readonly cert: string }) =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '');

async function simulate(options: XksProxyOptions = {}) {
  const simulator = createSimulator();
  const proxy = simulator.addProxy({
    endpoint,
    paths: [path],
    credentials: { [credential.AccessKeyId]: credential.RawSecretAccessKey },
  });
  const server = keep(await serveXksProxy(simulator, { endpoint, ...options }));
  return { proxy, server, address: options.tls ? `127.0.0.1:${server.port}` : server.url };
}

describe('a proxy that is asked', () => {
  it('takes the signature, over HTTP and over HTTPS', async () => {
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const answer = {
      kind: 'answered',
      status: 200,
      json: expect.objectContaining({ ekmFleetDetails: [{ id: 'ekm-1', model: 'simulated', healthStatus: 'ACTIVE' }] }),
      path: `${path}/health`,
      aheadMs: expect.any(Number),
      elapsedMs: expect.any(Number),
    };

    expect(await reach((await simulate()).address).ask(health, never)).toEqual(answer);
    const secure = reach((await simulate({ tls })).address, { authorities: tls.cert });
    expect(await secure.ask(health, never)).toEqual(answer);
  });

  it('has its texts cleaned of secrets and unseen characters, and its bytes left as they are', async () => {
    const { RawSecretAccessKey: secret } = credential;
    const encoded = Buffer.from(secret).toString('base64');
    const body = {
      errorName: 'ValidationException',
      errorMessage: `you sent ${secret} and ${encoded}\u0007${'x'.repeat(999)}`,
      ekmFleetDetails: [{ id: secret, healthStatus: secret }],
      ciphertext: encoded,
    };
    const { address } = await serveRaw((_, response) => answerJson(response, 400, body));
    const reply = await reach(address).ask(health, never);

    const { ciphertext, ...texts } = (reply as ProxyAnswer).json as Record<string, unknown>;
    expect(ciphertext).toBe(encoded);
    for (const form of [secret, encoded, Buffer.from(secret).toString('hex')])
      expect(JSON.stringify(texts)).not.toContain(form);
    expect(texts.errorMessage).toMatch(/^you sent \(secret\) and \(secret\)\?x{1,300}\.\.\.$/);
  });

  it('is asked with GET as well, signed', async () => {
    const observed: unknown[] = [];
    const { address } = await serveRaw(({ method, url, headers }, response) => {
      observed.push(method, url, headers.host, headers.authorization?.replace(/=[0-9a-f]{64}$/, '=...'));
      answerJson(response, 405, {});
    });

    expect(await reach(address).ask({ ...health, method: 'GET' }, never)).toMatchObject({ status: 405 });
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const scope = `${credential.AccessKeyId}/${day}/us-east-1/kms-xks-proxy/aws4_request`;
    const signature = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=...`;
    expect(observed).toEqual(['GET', `${path}/health`, 'proxy.example.com', signature]);
  });

  it('is connected to anew for its health, and once for its keys', async () => {
    const server = await serveRaw((_request, response) => answerJson(response, 200, healthy));
    const proxy = reach(server.address);

    await proxy.ask(health, never);
    await proxy.ask(health, never);
    expect(server.connections).toBe(2);
    for (let times = 0; times < 3; times += 1) await proxy.ask({ ...health, resource: 'keys/one/metadata' }, never);
    expect(server.connections).toBe(3);
  });

  it.each<[string, Parameters<typeof serveRaw>[0], object]>([
    ['garbage', (_, response) => response.end('Good morning'), { kind: 'answered', status: 200, json: undefined }],
    [
      'a redirect, which is not followed',
      (_, response) => response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end(),
      { kind: 'answered', status: 302 },
    ],
    [
      'a huge body',
      (_, response) => response.end('x'.repeat(1_000_000)),
      { kind: 'failed', trouble: 'tooLarge', detail: 'more than 65536 bytes' },
    ],
    [
      'a body without end',
      (_, response) => {
        const more = () => response.destroyed || response.write('x'.repeat(10_000), more);
        more();
      },
      { kind: 'failed', trouble: 'tooLarge', detail: 'more than 65536 bytes' },
    ],
    ['a closed connection', (request) => request.socket.destroy(), { kind: 'failed', trouble: 'closed' }],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{', () => response.destroy());
      },
      { kind: 'failed', trouble: 'closed' },
    ],
    ['no HTTP', (request) => request.socket.end('SSH-2.0-OpenSSH\r\n'), { kind: 'failed', trouble: 'notHttp' }],
  ])('may answer %s', async (_what, listener, reply) => {
    const { address } = await serveRaw(listener);

    expect(await reach(address).ask(health, never)).toMatchObject(reply);
  });

  it.each<[string, Parameters<typeof serveRaw>[0]]>([
    [
      'byte by byte',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 10);
        response.once('close', () => clearInterval(timer));
      },
    ],
    ['never', () => undefined],
  ])('is not waited for longer than a few seconds where it answers %s', async (_what, listener) => {
    const { address } = await serveRaw(listener);

    const late = { kind: 'failed', trouble: 'timedOut', detail: '200 ms' };
    expect(await reach(address, { timeoutMs: 200 }).ask(health, never)).toEqual(late);
  });

  it('is left at once when a stop is asked for', async () => {
    const stop = new AbortController();
    const { address } = await serveRaw(() => stop.abort());
    const stopped = { kind: 'failed', trouble: 'stopped', detail: 'stopped' };

    expect(await reach(address).ask(health, stop.signal)).toEqual(stopped);
    expect(await reach(address).greet(endpoint, stop.signal)).toEqual(stopped);
  });
});

describe('a proxy that is met', () => {
  it('shows its certificate', async () => {
    const expiresAtMs = Math.floor(Date.now() / 1_000) * 1_000 + 40 * dayMs;
    const tls = createSelfSigned({
      hosts: ['proxy.example.com', 'other.example.com'],
      notAfter: new Date(expiresAtMs),
    });
    const { address } = await simulate({ tls });
    const sha256 = fingerprintOf(tls);
    const certificate = {
      names: ['proxy.example.com', 'other.example.com'],
      commonNameFits: true,
      expiresAtMs,
      issuer: 'proxy.example.com',
    };

    const trusting = reach(address, { authorities: tls.cert });
    expect(await trusting.greet(endpoint, never)).toEqual({
      kind: 'met',
      certificate: { ...certificate, chain: [{ sha256, isAdded: true }], flaw: null },
    });
    const strict = await reach(address).greet(endpoint, never);
    expect(strict).toEqual({
      kind: 'met',
      certificate: { ...certificate, chain: [{ sha256, isAdded: false }], flaw: 'selfSigned' },
    });
  });

  it('shows its chain up to a root that the proxy does not send, where this machine has it', async () => {
    const root = createSelfSigned({ hosts: [], commonName: 'Private Root' });
    const leaf = createSelfSigned({ hosts: ['proxy.example.com'], commonName: 'Acme', issuer: root });
    const { address } = await simulate({ tls: leaf });
    const chain = [{ sha256: fingerprintOf(leaf), isAdded: false }];
    const shown = { commonNameFits: false, issuer: 'Private Root' };

    expect(await reach(address).greet(endpoint, never)).toMatchObject({
      certificate: { ...shown, chain, flaw: 'unverified' },
    });
    expect(await reach(address, { authorities: root.cert }).greet(endpoint, never)).toMatchObject({
      certificate: { ...shown, chain: [...chain, { sha256: fingerprintOf(root), isAdded: true }], flaw: null },
    });
  });

  it.each([
    ['expired', { hosts: ['proxy.example.com'], notBefore: new Date(0), notAfter: new Date(dayMs) }],
    ['notYetValid', { hosts: ['proxy.example.com'], notBefore: new Date(Date.now() + dayMs) }],
    ['wrongName', { hosts: ['other.example.com'] }],
  ])('may have a certificate that is %s', async (flaw, options) => {
    const tls = createSelfSigned(options);
    const { address } = await simulate({ tls });

    const proxy = reach(address, { authorities: tls.cert });
    expect(await proxy.greet(endpoint, never)).toMatchObject({ kind: 'met', certificate: { flaw } });
    expect(await proxy.ask(health, never)).toMatchObject({ kind: 'failed', trouble: 'certificate' });
  });

  it('is sent nothing where its certificate is not trusted', async () => {
    let asked = 0;
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const { address } = await serveRaw(() => {
      asked += 1;
    }, tls);

    expect(await reach(address).ask(health, never)).toEqual({
      kind: 'failed',
      trouble: 'certificate',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(asked).toBe(0);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('may require a client certificate, in %s', async (maxVersion) => {
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const options = { ...tls, maxVersion, requestCert: true };
    const { address } = await serveRaw((_, response) => answerJson(response, 200, healthy), options);

    const proxy = reach(address, { authorities: tls.cert });
    expect(await proxy.greet(endpoint, never)).toMatchObject({ kind: 'failed', trouble: 'clientCertificate' });
    expect(await proxy.ask(health, never)).toMatchObject({ kind: 'failed' });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'may ask for a client certificate and do without, in %s',
    async (version) => {
      const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
      const options = { ...tls, maxVersion: version, requestCert: true, rejectUnauthorized: false };
      const { address } = await serveRaw((_, response) => answerJson(response, 200, healthy), options);

      const proxy = reach(address, { authorities: tls.cert });
      expect(await proxy.greet(endpoint, never)).toMatchObject({ kind: 'met', certificate: { flaw: null } });
      expect(await proxy.ask(health, never)).toMatchObject({ kind: 'answered', status: 200 });
    },
  );

  it('may reject each request without a client certificate, as nginx does', async () => {
    const { address } = await serveRaw((_, response) => {
      response.writeHead(400, { 'content-type': 'text/html' });
      response.end('<html><head><title>400 No required SSL certificate was sent</title></head></html>');
    });

    expect(await reach(address).ask(health, never)).toEqual({
      kind: 'failed',
      trouble: 'clientCertificate',
      detail: 'HTTP 400',
    });
  });

  it('may have no cipher that KMS speaks', async () => {
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const options = { ...tls, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' } as const;
    const { address } = await serveRaw(() => undefined, options);

    expect(await reach(address).greet(endpoint, never)).toMatchObject({ kind: 'failed', trouble: 'tlsRefused' });
  });

  it('is spoken to without ChaCha20 in GovCloud', async () => {
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const options = { ...tls, minVersion: 'TLSv1.3', ciphers: 'TLS_CHACHA20_POLY1305_SHA256' } as const;
    const { address } = await serveRaw(() => undefined, options);
    const greetIn = (region: string) => reach(address, { region, authorities: tls.cert }).greet(endpoint, never);

    expect(await greetIn('us-east-1')).toMatchObject({ kind: 'met' });
    expect(await greetIn('us-gov-west-1')).toMatchObject({ kind: 'failed', trouble: 'tlsRefused' });
  });

  it('is reached over IPv4, as KMS reaches it', async () => {
    const asked: unknown[] = [];
    const known: Readonly<Record<number, string>> = { 6: '::1' };
    const lookup: LookupFunction = (host, { family }, callback) => {
      asked.push([host, family]);
      const address = known[Number(family)];
      if (address) callback(null, address, Number(family));
      else callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), '');
    };
    const proxy = createXksProxy({ region: 'us-east-1', now: Date.now, lookup });

    expect(await proxy.greet(endpoint, never)).toEqual({ kind: 'failed', trouble: 'ipv6Only', detail: 'ENOTFOUND' });
    expect(asked).toEqual([
      ['proxy.example.com', 4],
      ['proxy.example.com', 6],
    ]);
  });

  it('may speak no TLS, or one that is too old', async () => {
    const plain = await serveRaw((_, response) => answerJson(response, 200, healthy));
    expect(await reach(plain.address.replace('http://', '')).greet(endpoint, never)).toMatchObject({
      kind: 'failed',
      trouble: 'notTls',
    });
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const old = { ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { address } = await serveRaw(() => undefined, old);
    expect(await reach(address).greet(endpoint, never)).toMatchObject({ kind: 'failed', trouble: 'oldTls' });
  });

  it('may not be there', async () => {
    const { address, close } = await serveRaw(() => undefined);
    await close();

    expect(await reach(address).greet(endpoint, never)).toEqual({
      kind: 'failed',
      trouble: 'noConnection',
      detail: 'ECONNREFUSED',
    });
    expect(await reach('no.such.host.invalid:443').greet(endpoint, never)).toMatchObject({
      kind: 'failed',
      trouble: 'noName',
    });
  });

  it('is not trusted by a bundle that cannot be read', () => {
    const trusted = '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----';
    expect(() => openXksProxy({ trusted }, 'us-east-1')).toThrow(
      /^trusted \(--ca-bundle\): a certificate cannot be read/,
    );
  });

  it('shows nothing over plain HTTP', async () => {
    const { address } = await simulate();

    expect(await reach(address).greet(endpoint, never)).toEqual({ kind: 'met', certificate: null });
  });
});
