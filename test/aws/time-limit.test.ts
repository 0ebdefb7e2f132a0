import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudHSMV2 } from '@aws-sdk/client-cloudhsm-v2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { classify } from '../../src/aws/classify.ts';
import { resolveCredentials } from '../../src/aws/credentials.ts';
import { createClient, createSend } from '../../src/aws/kms/client.ts';
import { findAccount, findPlace, readCredentialsLife } from '../../src/aws/place.ts';
import { createAsk } from '../../src/aws/service-client.ts';
import { within } from '../../src/aws/time-limit.ts';
import { makeFolder } from '../support/journals.ts';
import { type StallingServer, serveStalls, stalls } from '../support/stalled-servers.ts';

const limitMs = 60;
let server: StallingServer | undefined;
let folder: string;

beforeEach(() => {
  folder = makeFolder();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
});

/** A profile whose credential_process writes its process id to a file and never answers. */
function blockCredentialProcess(): { readonly pid: () => number } {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const script = join(folder, 'process.sh');
  const pidFile = join(folder, 'pid');
  writeFileSync(script, `#!/bin/sh\necho $$ > ${pidFile}\nsleep 600\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(folder, 'config'), `[profile blocked]\nregion = us-east-1\ncredential_process = ${script}\n`);
  return { pid: () => Number(readFileSync(pidFile, 'utf8')) };
}

async function hasEnded(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(10);
  }
  return false;
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an answer of KMS that stalls', () => {
  it.each(stalls)('ends a read at its limit when it stalls %s, and lets go of the connection', async (stall) => {
    server = await serveStalls(stall);
    const { url } = server;
    const client = createClient({ endpoint: url });
    const send = createSend(() => client, { readTimeoutMs: limitMs });

    const error = await errorOf(send('DescribeCustomKeyStores', {}));

    expect(classify(error)).toMatchObject({
      code: 'TimeoutError',
      class: 'unclear',
      message: 'no answer within 0.06 s',
    });
    await expect.poll(() => server?.connections()).toBe(0);
  });

  it.each(stalls)('leaves it unclear whether KMS applied a call whose answer stalls %s', async (stall) => {
    server = await serveStalls(stall);
    const client = createClient({ endpoint: server.url });
    const send = createSend(() => client, { readTimeoutMs: limitMs });

    expect(classify(await errorOf(send('ConnectCustomKeyStore', { CustomKeyStoreId: 'cks-1' })))).toMatchObject({
      class: 'unclear',
    });
    expect(server.requests()).toBe(1);
  });

  it('ends a read at a stop, and a change only at its own limit', async () => {
    server = await serveStalls('in mid-body');
    const client = createClient({ endpoint: server.url });
    const send = createSend(() => client, { readTimeoutMs: 200 });
    const stop = new AbortController();
    const endedAt: Record<string, number> = {};
    const startedAt = performance.now();
    const note = async (name: string, sent: Promise<unknown>) => {
      await errorOf(sent);
      endedAt[name] = performance.now() - startedAt;
    };
    const sent = [
      note('read', send('DescribeCustomKeyStores', {}, stop.signal)),
      note('change', send('UpdateCustomKeyStore', { CustomKeyStoreId: 'cks-1' }, stop.signal)),
    ];
    await expect.poll(() => server?.requests()).toBe(2);
    stop.abort();
    await Promise.all(sent);

    expect(endedAt.read).toBeLessThan(190);
    expect(endedAt.change).toBeGreaterThanOrEqual(190);
  });

  it('waits no longer than five minutes where the read timeout is 0', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const client = { config: { credentials: async () => ({}) }, send: () => new Promise(() => undefined) };
      const send = createSend(() => client as never, { readTimeoutMs: 0 });
      let hasFailed = false;
      const sent = send('ConnectCustomKeyStore', {}).catch(() => {
        hasFailed = true;
      });
      await vi.advanceTimersByTimeAsync(299_000);
      expect(hasFailed).toBe(false);
      await vi.advanceTimersByTimeAsync(2_000);
      await sent;
      expect(hasFailed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an answer of another service that stalls', () => {
  it.each(stalls)('ends the question at its limit when it stalls %s', async (stall) => {
    server = await serveStalls(stall);
    const { url } = server;
    const kms = createClient({ endpoint: url });
    const ask = createAsk(
      { current: () => kms, endpoint: url },
      { packageName: '@aws-sdk/client-cloudhsm-v2', serviceId: 'CloudHSM V2' },
      async (config) => new CloudHSMV2(config),
      limitMs,
    );

    const answer = await ask((client, options) => client.describeClusters({}, options));

    expect(answer).toMatchObject({ ok: false, failure: { code: 'TimeoutError', class: 'unclear' } });
    await expect.poll(() => server?.connections()).toBe(0);
  });

  it.each(stalls)('leaves the account unknown when STS stalls %s', async (stall) => {
    server = await serveStalls(stall);
    const client = createClient({ endpoint: server.url });

    expect(await findAccount(client, 'unknown', { endpoint: server.url }, 300)).toBe('unknown');
    expect(server.requests()).toBe(1);
  });
});

describe('credentials that nobody gives', () => {
  it('fail with the reason when credential_process does not answer, and its process is ended', async () => {
    const { pid } = blockCredentialProcess();
    server = await serveStalls('in mid-body');
    const client = createClient({ profile: 'blocked', endpoint: server.url });
    const send = createSend(() => client, { credentialsLimitMs: 400 });

    const error = await errorOf(send('UpdateCustomKeyStore', { CustomKeyStoreId: 'cks-1' }));

    expect(classify(error)).toMatchObject({
      code: 'CredentialsProviderError',
      class: 'credentials',
      message: 'credential_process did not answer within 0.4 s',
    });
    expect(server.requests()).toBe(0);
    expect(await hasEnded(pid())).toBe(true);
  });

  it('end every question of a start, and the later ones at once', async () => {
    const client = { config: { region: async () => 'us-east-1', credentials: () => new Promise(() => undefined) } };
    await errorOf(resolveCredentials(client as never, { limitMs }));

    expect(await findPlace(client as never)).toEqual({ region: 'us-east-1', account: 'unknown' });
    expect(await findAccount(client as never, 'unknown', {})).toBe('unknown');
    await expect(readCredentialsLife(client as never)).rejects.toThrow(
      'the source of the AWS credentials did not answer within 0.06 s',
    );
  });

  it('are asked for anew by the next client', async () => {
    const hang = { config: { credentials: () => new Promise(() => undefined) } };
    await errorOf(resolveCredentials(hang as never, { limitMs }));

    expect(await resolveCredentials({ config: { credentials: async () => ({ accessKeyId: 'ID' }) } } as never)).toEqual(
      {
        accessKeyId: 'ID',
      },
    );
  });

  it('fail the question to another service as credentials', async () => {
    const kms = createClient({});
    Object.defineProperty(kms.config, 'credentials', { value: () => new Promise(() => undefined) });
    await errorOf(resolveCredentials(kms, { limitMs }));
    const ask = createAsk({ current: () => kms }, { packageName: 'any', serviceId: 'Any' }, async () => ({}));

    expect(await ask(async () => 'answer')).toMatchObject({ ok: false, failure: { class: 'credentials' } });
  });
});

describe('within a limit', () => {
  it('leaves no listener at the stop, however it ends', async () => {
    const stop = new AbortController();
    const counted = { added: 0, removed: 0 };
    const { signal } = stop;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...words: Parameters<typeof addEventListener>) => {
      counted.added += 1;
      addEventListener.apply(signal, words);
    };
    signal.removeEventListener = (...words: Parameters<typeof removeEventListener>) => {
      counted.removed += 1;
      removeEventListener.apply(signal, words);
    };

    await within({ limitMs, stop: signal }, async () => 'done');
    await errorOf(within({ limitMs, stop: signal }, () => Promise.reject(new Error('no'))));
    await errorOf(within({ limitMs: 1, stop: signal }, () => new Promise(() => undefined)));

    expect(counted.added).toBe(3);
    expect(counted.removed).toBeGreaterThanOrEqual(3);
  });
});
