import { describe, expect, it } from 'vitest';
import type { ProxyAnswer } from '../../src/ports/xks-proxy.ts';
import { createSelfSigned, createSimulator, serveXksProxy, type XksProxyOptions } from '../../src/simulator/index.ts';
import {
  answerJson,
  credential,
  endpoint,
  health,
  healthy,
  keep,
  never,
  path,
  reach,
  serveRaw,
} from '../support/proxies.ts';

const dayMs = 86_400_000;

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
    const certificate = { names: ['proxy.example.com', 'other.example.com'], expiresAtMs };

    const trusting = reach(address, { authorities: tls.cert });
    expect(await trusting.greet(endpoint, never)).toEqual({ kind: 'met', certificate: { ...certificate, flaw: null } });
    const strict = await reach(address).greet(endpoint, never);
    expect(strict).toEqual({ kind: 'met', certificate: { ...certificate, flaw: 'selfSigned' } });
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

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('may want a certificate of KMS, in %s', async (maxVersion) => {
    const tls = createSelfSigned({ hosts: ['proxy.example.com'] });
    const { address } = await serveRaw((_, response) => answerJson(response, 200, healthy), {
      ...tls,
      maxVersion,
      requestCert: true,
    });

    const reply = await reach(address, { authorities: tls.cert }).ask(health, never);
    expect(reply).toMatchObject({ kind: 'failed', trouble: 'tlsRefused' });
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

  it('shows nothing over plain HTTP', async () => {
    const { address } = await simulate();

    expect(await reach(address).greet(endpoint, never)).toEqual({ kind: 'met', certificate: null });
  });
});
