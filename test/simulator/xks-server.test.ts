import { execFile, spawnSync } from 'node:child_process';
import { createHash, createHmac, X509Certificate } from 'node:crypto';
import { request as requestHttps } from 'node:https';
import { describe, expect, test } from 'vitest';
import {
  createSelfSigned,
  createSimulator,
  serveXksProxy,
  type XksProxyOptions,
  type XksProxyServer,
} from '../../src/simulator/index.ts';
import { keep } from '../support/servers.ts';
import { credential } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const old = { AccessKeyId: 'OLDOLDOLDOLDOLDOLDOL', RawSecretAccessKey: 'old'.repeat(15) };
const known = [credential, old];
const base = '/example/kms/xks/v1';
const nowMs = Date.UTC(2026, 0, 1);
const requestMetadata = { kmsOperation: 'KmsHealthCheck', kmsRequestId: 'request-1' };
const awsPrincipalArn = 'arn:aws:iam::111122223333:user/alice';
const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const aboutKey = { ...requestMetadata, awsPrincipalArn };
const use = { ...aboutKey, kmsKeyArn };
const fitKey = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
const canary = { requestMetadata: use, encryptionAlgorithm: 'AES_GCM', additionalAuthenticatedData: 'YWFk' };
const plaintext = Buffer.from('a canary').toString('base64');

async function serve(options: XksProxyOptions = {}) {
  const simulator = createSimulator({ now: () => nowMs });
  const proxy = simulator.addProxy({
    endpoint,
    paths: [base],
    keys: { ledger: fitKey, another: fitKey },
    credentials: Object.fromEntries(
      known.map(({ AccessKeyId, RawSecretAccessKey }) => [AccessKeyId, RawSecretAccessKey]),
    ),
  });
  const server = keep(await serveXksProxy(simulator, { endpoint, now: () => nowMs, ...options }));
  return { simulator, proxy, server };
}

/** The request without one of its requestMetadata, for each of them: the specification requires them all. */
function withoutEach(
  resource: string,
  body: { readonly requestMetadata: Readonly<Record<string, string>>; readonly plaintext?: string },
): [string, unknown, object][] {
  return Object.keys(body.requestMetadata).map((member) => [
    resource,
    { ...body, requestMetadata: { ...body.requestMetadata, [member]: undefined } },
    { status: 400, errorName: 'ValidationException' },
  ]);
}

interface Signing {
  readonly AccessKeyId?: string;
  readonly RawSecretAccessKey?: string;
  readonly region?: string;
  readonly service?: string;
  readonly atMs?: number;
}

/** The headers of a signed request, written apart from what verifies them. */
function sign(host: string, path: string, body: string, signing: Signing = {}, method = 'POST') {
  const {
    AccessKeyId,
    RawSecretAccessKey,
    region = 'us-east-1',
    service = 'kms-xks-proxy',
  } = { ...credential, ...signing };
  const stamp = new Date(signing.atMs ?? nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-date:${stamp}\n\nhost;x-amz-date\n${hex(body)}`;
  const scope = `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  let key: Buffer = Buffer.from(`AWS4${RawSecretAccessKey}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hex(canonical)}`)
    .digest('hex');
  return {
    'x-amz-date': stamp,
    authorization: `AWS4-HMAC-SHA256 Credential=${AccessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  };
}

async function post({ url, port }: XksProxyServer, resource: string, body: unknown, signing: Signing = {}) {
  const path = resource.startsWith('/') ? resource : `${base}/${resource}`;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...sign(`127.0.0.1:${port}`, path, text, signing) };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: text });
  const answer = (await response.json()) as object;
  return { ...answer, status: response.status } as Record<string, unknown> & { readonly status: number };
}

describe('a proxy over HTTP', () => {
  test('tells its health to whoever signs with one of its credentials', async () => {
    const { server } = await serve();

    for (const one of known) {
      expect(await post(server, 'health', { requestMetadata }, one)).toMatchObject({
        status: 200,
        ekmFleetDetails: [{ healthStatus: 'ACTIVE' }],
      });
    }
  });

  test.each<[string, Signing]>([
    ['a wrong secret', { RawSecretAccessKey: 'wrong'.repeat(9) }],
    ['an unknown access key id', { AccessKeyId: 'UNKNOWNUNKNOWNUNKNOW' }],
    ['another Region', { region: 'eu-west-1' }],
    ['another service', { service: 'kms' }],
    ['a clock that is six minutes late', { atMs: nowMs - 360_000 }],
    ['a clock that is six minutes early', { atMs: nowMs + 360_000 }],
  ])('refuses %s', async (_what, signing) => {
    const { server } = await serve();

    expect(await post(server, 'health', { requestMetadata }, signing)).toEqual({
      status: 401,
      errorName: 'AuthenticationFailedException',
    });
  });

  test('refuses a body that was changed on the way, and no signature at all', async () => {
    const { server } = await serve();
    const path = `${base}/health`;
    const signed = sign(`127.0.0.1:${server.port}`, path, '{}');
    const send = async (headers: object) =>
      (await fetch(`${server.url}${path}`, { method: 'POST', headers: { ...headers }, body: '{ }' })).status;

    expect(await send(signed)).toBe(401);
    expect(await send({})).toBe(401);
  });

  test('decrypts what it encrypted, and nothing that was changed', async () => {
    const { server } = await serve();
    const sealed = await post(server, 'keys/ledger/encrypt', {
      ...canary,
      plaintext,
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    });
    const {
      ciphertext = '',
      initializationVector = '',
      authenticationTag = '',
      ciphertextMetadata = '',
    } = sealed as Record<string, string>;
    const parts = ['YWFk', ciphertextMetadata, initializationVector, ciphertext, authenticationTag];
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
    const order = { ...canary, ciphertext, initializationVector, authenticationTag, ciphertextMetadata };
    const decrypt = (changes: object) => post(server, 'keys/ledger/decrypt', { ...order, ...changes });

    expect(sealed).toMatchObject({ ciphertextDataIntegrityValue: createHash('sha256').update(bytes).digest('base64') });
    expect(await decrypt({})).toEqual({ status: 200, plaintext });
    const invalid = { status: 400, errorName: 'InvalidCiphertextException' };
    expect(await decrypt({ additionalAuthenticatedData: undefined })).toEqual(invalid);
    expect(await decrypt({ ciphertextMetadata: undefined })).toEqual(invalid);
    expect(await post(server, 'keys/another/decrypt', order)).toEqual(invalid);
    expect(await decrypt({ authenticationTag: 'AAAA' })).toEqual({ status: 400, errorName: 'ValidationException' });
  });

  test('has the keys that the simulated KMS encrypts with', async () => {
    const { simulator, proxy, server } = await serve();
    const second = simulator.addProxy({ endpoint: 'https://second.example.com', keys: { ledger: fitKey } });
    const other = keep(await serveXksProxy(simulator, { endpoint: second.endpoint }));
    const sealed = await post(server, 'keys/ledger/encrypt', { ...canary, plaintext });
    const { status: _, ...parts } = sealed;

    expect(await post(other, 'keys/ledger/decrypt', { ...canary, ...parts })).toEqual({ status: 200, plaintext });
    proxy.keyManager = 'another';
    expect(await post(server, 'keys/ledger/decrypt', { ...canary, ...parts })).toMatchObject({ status: 400 });
  });

  test.each<[string, unknown, object]>([
    ['/other/kms/xks/v1/health', { requestMetadata }, { status: 404, errorName: 'InvalidUriPathException' }],
    ['/kms/xks/health', { requestMetadata }, { status: 404 }],
    ['keys/ledger/destroy', { requestMetadata }, { status: 404 }],
    ['health', 'nonsense', { status: 400, errorName: 'ValidationException' }],
    ['health', {}, { status: 400 }],
    ...withoutEach('health', { requestMetadata }),
    ...withoutEach('keys/ledger/metadata', { requestMetadata: aboutKey }),
    ...withoutEach('keys/ledger/encrypt', { ...canary, plaintext }),
    ...withoutEach('keys/ledger/decrypt', canary),
    ['keys/unknown/metadata', { requestMetadata: aboutKey }, { status: 404, errorName: 'KeyNotFoundException' }],
    ['keys/unknown/encrypt', { ...canary, plaintext }, { status: 404, errorName: 'KeyNotFoundException' }],
    ['keys/ledger/encrypt', { ...canary, plaintext: 'no base64!' }, { status: 400 }],
    ['keys/ledger/encrypt', { ...canary, plaintext, encryptionAlgorithm: 'ROT13' }, { status: 400 }],
    ['keys/ledger/metadata', { requestMetadata: aboutKey }, { status: 200, keySpec: 'AES_256', keyStatus: 'ENABLED' }],
  ])('answers %s with %j', async (resource, body, answer) => {
    const { server } = await serve();

    expect(await post(server, resource, body)).toMatchObject(answer);
  });

  test('knows the external keys that KMS keys use, and those of new KMS keys, where nobody described its keys', async () => {
    const { simulator, proxy, server } = await serve();
    proxy.keys = undefined;
    const store = simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE' });
    simulator.addKey(store, { XksKeyId: 'used' });
    const read = async (keyId: string, kmsOperation: string) =>
      (await post(server, `keys/${keyId}/metadata`, { requestMetadata: { ...aboutKey, kmsOperation } })).status;

    expect([await read('used', 'DescribeKey'), await read('unused', 'DescribeKey')]).toEqual([200, 404]);
    expect(await read('unused', 'CreateKey')).toBe(200);
  });

  test('hashes a ciphertext only with a key that decrypts it again', async () => {
    const { proxy, server } = await serve();
    proxy.keys = { ledger: { ...fitKey, keyUsage: ['ENCRYPT'] } };
    const encrypt = async (hashed: object) =>
      (await post(server, 'keys/ledger/encrypt', { ...canary, plaintext, ...hashed })).errorName;

    expect([await encrypt({}), await encrypt({ ciphertextDataIntegrityValueAlgorithm: 'SHA_256' })]).toEqual([
      undefined,
      'InvalidKeyUsageException',
    ]);
  });

  test('says what it is told to say beside the name of an error', async () => {
    const { proxy, server } = await serve();
    proxy.errorMessage = 'ask the night shift';
    const errorMessage = proxy.errorMessage;

    expect(await post(server, 'health', {})).toEqual({ status: 400, errorName: 'ValidationException', errorMessage });
    expect(await post(server, 'keys/none/metadata', { requestMetadata: aboutKey })).toMatchObject({ errorMessage });
    proxy.answer = 'throttled';
    expect(await post(server, 'health', { requestMetadata })).toMatchObject({ status: 429, errorMessage });
  });

  test('takes nothing but POST', async () => {
    const { server } = await serve();
    const { status, headers } = await fetch(`${server.url}${base}/health`);

    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('is as bad as it is described: overloaded, silent', async () => {
    const { proxy, server } = await serve();
    const health = () => post(server, 'health', { requestMetadata });
    proxy.answer = 'throttled';
    expect(await health()).toEqual({ status: 429, errorName: 'ThrottlingException' });
    proxy.answer = 'health';
    proxy.reachable = false;
    await expect(health()).rejects.toThrow('fetch failed');
    await expect(post(server, 'health', 'x'.repeat(100_000))).rejects.toThrow('fetch failed');
    proxy.reachable = true;
    expect(await health()).toMatchObject({ status: 200 });
  });

  test('sends elsewhere, talks without end, or answers GET, as it is described', async () => {
    const { proxy, server } = await serve();
    const path = `${base}/health`;
    const send = (method: string) => {
      const body = method === 'POST' ? { body: JSON.stringify({ requestMetadata }) } : {};
      const headers = sign(`127.0.0.1:${server.port}`, path, body.body ?? '', {}, method);
      return fetch(`${server.url}${path}`, { method, headers, ...body, redirect: 'manual' });
    };
    proxy.answer = 'redirect';
    const { status, headers } = await send('POST');
    expect([status, headers.get('location')]).toEqual([307, '/moved']);

    proxy.answer = 'huge';
    const huge = await send('POST');
    expect([huge.status, huge.headers.get('content-length')]).toEqual([200, `${64 * 1024 * 1024}`]);
    await huge.body?.cancel();

    proxy.answer = 'health';
    expect((await send('GET')).status).toBe(405);
    proxy.acceptsGet = true;
    expect(await (await send('GET')).json()).toMatchObject({ ekmFleetDetails: [{}] });
  });

  test('answers late where it is slow, at once then or byte by byte', async () => {
    const { proxy, server } = await serve();
    proxy.slow = true;
    expect(await post(server, 'health', { requestMetadata })).toMatchObject({ status: 200 });

    proxy.slow = 'byteByByte';
    proxy.answer = { status: 200, body: '{"a":1}' };
    expect(await post(server, 'health', { requestMetadata })).toEqual({ status: 200, a: 1 });
  });

  test('lets only some principals use keys, and anybody ask for its health, which tells who made it', async () => {
    const { simulator, proxy, server } = await serve();
    const root = `arn:aws:iam::${simulator.accountId}:root`;
    proxy.principals = [root];
    proxy.xksProxyVendor = 'Thales Group';
    proxy.ekmVendor = 'Thales CipherTrust Manager';
    const read = (who: string) =>
      post(server, 'keys/ledger/metadata', { requestMetadata: { ...aboutKey, awsPrincipalArn: who } });

    expect(await read('arn:aws:iam::999999999999:user/checker')).toEqual({
      status: 403,
      errorName: 'AccessDeniedException',
    });
    expect(await read(root)).toMatchObject({ status: 200 });
    expect(await post(server, 'health', { requestMetadata })).toMatchObject({
      status: 200,
      xksProxyVendor: 'Thales Group',
      ekmVendor: 'Thales CipherTrust Manager',
    });
  });

  test('stands for the proxy that the Host header names', async () => {
    const { server } = await serve({ endpoint: undefined as never });

    expect(
      await post(server, '/any/kms/xks/v1/health', { requestMetadata }, { RawSecretAccessKey: 'any'.repeat(15) }),
    ).toMatchObject({ status: 200 });
  });
});

/** The status, or the code of the error. */
function askSecurely(server: XksProxyServer, ca?: string): Promise<number | string> {
  const body = JSON.stringify({ requestMetadata });
  return new Promise((resolve) => {
    const headers = { host: 'proxy.example.com', ...sign('proxy.example.com', `${base}/health`, body) };
    const options = { method: 'POST', headers, servername: 'proxy.example.com', ...(ca ? { ca } : {}) };
    requestHttps(`${server.url}${base}/health`, options, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      .end(body);
  });
}

describe('a proxy over HTTPS', () => {
  const tls = createSelfSigned({ hosts: ['proxy.example.com', '127.0.0.1'] });

  test('shows a certificate for its name, which is trusted by whoever was handed it', async () => {
    const { server } = await serve({ tls });

    expect(await askSecurely(server, tls.cert)).toBe(200);
    expect(await askSecurely(server)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  test('shows one that has expired where its certificate is described as not valid', async () => {
    const { proxy, server } = await serve({ tls });
    proxy.tlsValid = false;

    expect(await askSecurely(server, tls.cert)).toBe('CERT_HAS_EXPIRED');
  });

  test('asks for a client certificate where it is described so', async () => {
    const simulator = createSimulator();
    simulator.addProxy({ endpoint, asksClientCertificate: true });
    const server = keep(await serveXksProxy(simulator, { tls }));

    expect(await askSecurely(server, tls.cert)).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });

  test('may have expired', () => {
    const notAfter = new Date(Date.UTC(2025, 11, 31));
    const certificate = new X509Certificate(
      createSelfSigned({ hosts: ['proxy.example.com'], notAfter, notBefore: new Date(0) }).cert,
    );

    expect(new Date(certificate.validTo)).toEqual(notAfter);
    expect(certificate.checkHost('proxy.example.com')).toBe('proxy.example.com');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });
});

const hasCurl = /^curl (?:[89]|7\.(?:7[5-9]|[89]\d))/.test(
  spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

test.skipIf(!hasCurl)('curl signs as a proxy wants it', async () => {
  const { server } = await serve({ now: Date.now });
  const words = ['--silent', '--aws-sigv4', 'aws:amz:us-east-1:kms-xks-proxy'];
  const user = ['--user', `${credential.AccessKeyId}:${credential.RawSecretAccessKey}`];
  const body = ['--header', 'content-type: application/json', '--data', JSON.stringify({ requestMetadata })];
  const answer = await new Promise<string>((resolve) => {
    execFile('curl', [...words, ...user, ...body, `${server.url}${base}/health`], (_error, stdout) => resolve(stdout));
  });

  expect(JSON.parse(answer)).toMatchObject({ ekmFleetDetails: [{}] });
});
