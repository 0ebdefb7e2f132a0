/** The handler as it is deployed: over HTTP, with the library, the SDK, and an admin endpoint of the proxy. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHttpProxyCredentials } from '../../../src/lambda/rotation/http-proxy-credentials.ts';
import { createRotationHandler, type RotationOptions } from '../../../src/lambda/rotation/index.ts';
import { openRotation } from '../../../src/lambda/rotation/open.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { createScaledClock, createSimulator, serveSimulator, serveXksProxy } from '../../../src/simulator/index.ts';
import { createCollectingLogger } from '../../support/collecting-logger.ts';
import { useFastTime } from '../../support/fast-time.ts';
import { stubSurroundings } from '../../support/in-process.ts';
import { takeMetrics } from '../../support/printed.ts';
import { keep, serveInTest } from '../../support/servers.ts';
import { connectedExternal, oldCredential, oldEndpoint } from '../../support/stores.ts';

useFastTime();

beforeAll(() => stubSurroundings());

const Name = 'xks/payments';
const token = 'a'.repeat(32);
const event = (Step: string, SecretId = Name) => ({ Step, SecretId, ClientRequestToken: token });
const hours = { getRemainingTimeInMillis: () => 36_000_000 };

/** A second is five minutes. */
const scale = 300;

async function stage() {
  const now = createScaledClock(scale);
  const simulator = createSimulator({ now, seed: 1 });
  const server = keep(await serveSimulator(simulator));
  const proxy = keep(await serveXksProxy(simulator));
  simulator.addStore({
    ...connectedExternal,
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyAuthenticationCredential: oldCredential,
    keys: 2,
  });
  simulator.addProxy({
    endpoint: oldEndpoint,
    credentials: { [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey },
  });
  const arn = simulator.addSecret({
    Name,
    SecretString: JSON.stringify(oldCredential),
    RotationEnabled: true,
    Tags: [{ Key: 'cks:customKeyStoreId', Value: 'xks' }],
  });
  const told: { readonly action: string; readonly AccessKeyId: string; readonly token: string | undefined }[] = [];
  const admin = await serveInTest(async (request, response) => {
    const { action = '', AccessKeyId = '', RawSecretAccessKey = '' } = (await json(request)) as Record<string, string>;
    told.push({ action, AccessKeyId, token: request.headers.authorization });
    const { [AccessKeyId]: _, ...others } = simulator.proxy(oldEndpoint).credentials ?? {};
    simulator.proxy(oldEndpoint).credentials =
      action === 'establish' ? { ...others, [AccessKeyId]: RawSecretAccessKey } : others;
    response.writeHead(204).end();
  });
  const lines: string[] = [];
  const clock: Clock = {
    now,
    sleep: (ms, signal) =>
      new Promise((end) => {
        const timer = setTimeout(end, ms / scale);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          end();
        });
      }),
  };
  const proxyCredentials = createHttpProxyCredentials({
    url: `${admin}/credentials`,
    headers: () => ({ authorization: 'Bearer t0ken' }),
  });
  const options: RotationOptions & { readonly proxyCredentials: typeof proxyCredentials } = {
    region: 'us-east-1',
    endpoint: server.url,
    xksProxyConnectTo: { [oldEndpoint]: proxy.url },
    logger: createCollectingLogger(lines),
    onProgress: (one) => void lines.push(JSON.stringify(one)),
    proxyCredentials,
  };
  return { simulator, arn, told, lines, clock, options };
}

describe('the handler', () => {
  it('rotates a secret by its tag, with an admin endpoint, and no secret is in anything that it says', async () => {
    const { simulator, arn, told, lines, clock, options } = await stage();
    const handler = openRotation(options, clock);
    const results = [];
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      results.push(await handler(event(step, arn), hours));
    }

    const { SecretString = '', VersionStages } = simulator.call('GetSecretValue', { SecretId: Name }) as {
      readonly SecretString?: string;
      readonly VersionStages: readonly string[];
    };
    const { AccessKeyId, RawSecretAccessKey } = JSON.parse(SecretString);
    expect(results.map(({ outcome, keyVerification }) => [outcome, keyVerification])).toEqual([
      ['done', undefined],
      ['done', 'early'],
      ['done', 'verified'],
      ['done', 'verified'],
    ]);
    expect(AccessKeyId).toMatch(/^[A-Z2-7]{20}$/);
    expect(RawSecretAccessKey).toMatch(/^[a-zA-Z0-9/+]{44}$/);
    expect(VersionStages).toEqual(['AWSPENDING', 'AWSCURRENT']);
    expect(simulator.store('cks-026ffd3548cad860a').XksProxyConfiguration?.AccessKeyId).toBe(AccessKeyId);
    expect(told).toEqual([
      { action: 'establish', AccessKeyId, token: 'Bearer t0ken' },
      { action: 'retire', AccessKeyId: oldCredential.AccessKeyId, token: 'Bearer t0ken' },
    ]);
    const metrics = takeMetrics();
    expect(metrics).toMatchObject([{ Outcome: 'updated', Runs: 1 }]);
    const said = `${lines.join('\n')}${JSON.stringify([results, metrics])}${JSON.stringify(simulator.calls)}`;
    expect(said).toContain('rotation.step');
    expect(said).toContain('UpdateCustomKeyStore');
    for (const secret of [RawSecretAccessKey, oldCredential.RawSecretAccessKey, 't0ken']) {
      expect(said).not.toContain(secret);
      expect(said).not.toContain(encodeURIComponent(secret));
    }
  });

  it('is made of its options alone, and tells what is refused as an error with a code', async () => {
    const { options } = await stage();
    const handler = createRotationHandler({
      ...options,
      customKeyStoreId: async () => ({ customKeyStoreId: 'nobody' }),
    });

    await expect(handler(event('createSecret'), hours)).rejects.toMatchObject({
      name: 'RotationError',
      code: 'STORE_UNREADABLE',
    });
    await expect(handler(event('create_secret'), hours)).rejects.toMatchObject({ code: 'WRONG_EVENT' });
    await expect(handler({ Step: 'createSecret' } as never, hours)).rejects.toThrow('SecretId is missing');
    await expect(handler(event('createSecret', 'nobody'), hours)).rejects.toThrow(
      /^SECRET_UNAVAILABLE: .*ResourceNotFound/,
    );
  });

  it('is told which store is meant by a function, which may name the way there', async () => {
    const { options, simulator } = await stage();
    const asked: unknown[] = [];
    const customKeyStoreId: RotationOptions['customKeyStoreId'] = (secret) => {
      asked.push(secret);
      return { customKeyStoreId: 'xks', region: 'us-east-1' };
    };
    const handler = createRotationHandler({ ...options, customKeyStoreId });
    expect(await handler(event('createSecret'), hours)).toMatchObject({ outcome: 'done' });
    expect(asked).toEqual([
      expect.objectContaining({ arn: expect.stringContaining(Name), tags: { 'cks:customKeyStoreId': 'xks' } }),
    ]);
    expect(simulator.calls.map(({ operation }) => operation)).toContain('PutSecretValue');
  });

  it('asks for what says which store a secret belongs to', async () => {
    const { options, simulator } = await stage();
    simulator.addSecret({ Name, VersionStages: [], Tags: [] });
    const handler = createRotationHandler(options);
    await expect(handler(event('createSecret'), hours)).rejects.toThrow(
      /^STORE_UNNAMED: .*its tag cks:customKeyStoreId$/,
    );
  });

  it('refuses options that make no sense', async () => {
    const { options } = await stage();
    expect(() => createRotationHandler({} as never)).toThrow(TypeError);
    expect(() => createRotationHandler({ proxyCredentials: { url: 'http://example.com' } })).toThrow('https://');
    const misspelt = createRotationHandler({ ...options, acept: ['outage'] } as never);
    await expect(misspelt(event('createSecret'), hours)).rejects.toThrow('unknown option acept');
  });
});

describe('the entry point', () => {
  it('loads neither the library nor the SDK nor a machine when it is imported', () => {
    const loaded = new Set<string>();
    const load = (file: string) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      if (!file.endsWith('.js')) return;
      const source = readFileSync(file, 'utf8');
      for (const [, name = ''] of source.matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)) {
        load(name.startsWith('.') ? resolve(dirname(file), name) : name);
      }
    };
    load(resolve(import.meta.dirname, '../../../dist/src/lambda/rotation/index.js'));

    expect([...loaded].filter((name) => !name.includes('/dist/src/'))).toEqual([]);
    expect([...loaded].filter((name) => /\/(library|run|kms|hosts)\//.test(name))).toEqual([]);
  });
});
