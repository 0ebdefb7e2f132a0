/** KMS, or whatever stands between, repeats a secret in its answers, in every form: nothing that the caller gets holds it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { updateStore } from '../../src/index.ts';
import { createScaledClock, createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { createCollectingLogger } from '../support/collecting-logger.ts';
import { makeFolder } from '../support/journals.ts';
import { keep, serveInTest } from '../support/servers.ts';
import { connectedExternal } from '../support/stores.ts';

const secret = 'C4nary/Secret+Access=Key7'.padEnd(43, 'x');
const forms = [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).toLowerCase(),
  new URLSearchParams({ a: secret }).toString().slice(2),
  secret.replaceAll('/', '\\/'),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
];
const leaks = [...forms, Buffer.from(`user:${secret}`).toString('base64')];

let folder: string;
let endpoint: string;
let updates = 0;
let echoes = 0;

beforeEach(async () => {
  vi.stubEnv('NEW_SECRET', secret);
  folder = makeFolder();
  vi.stubEnv('CKS_LOCK_DIR', join(folder, 'locks'));
  updates = 0;
  echoes = 0;
  const simulator = createSimulator({ now: createScaledClock(20_000), seed: 1 });
  simulator.addStore(connectedExternal);
  const kms = keep(await serveSimulator(simulator));
  endpoint = await serveInTest(async (request, response) => {
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target']);
    const isUpdate = target.endsWith('UpdateCustomKeyStore');
    updates += isUpdate ? 1 : 0;
    if (isUpdate || (updates > 0 && target.includes('DescribeCustomKeyStores') && echoes < 3)) {
      echoes += 1;
      response.writeHead(isUpdate ? 400 : 500, {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': `id-${secret}`,
      });
      response.end(JSON.stringify({ __type: `No${secret}Exception`, message: `no: ${leaks.join(' | ')}` }));
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${kms.url}${request.url}`, {
      method: request.method ?? 'POST',
      body,
      headers: headers as Record<string, string>,
    });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
});

afterEach(() => void vi.unstubAllEnvs());

function readAll(path: string): string {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('a secret that KMS repeats', () => {
  it.each([
    ['handed over as a value', secret],
    ['kept in the environment', 'env:NEW_SECRET'],
  ])('reaches no logger of the caller, event, result or file when it was %s', async (_, RawSecretAccessKey) => {
    const lines: unknown[] = [];
    const events: unknown[] = [];
    const ended = await updateStore({
      endpoint,
      region: 'us-east-1',
      customKeyStoreId: 'xks',
      change: { XksProxyAuthenticationCredential: { AccessKeyId: 'AKIA4EXAMPLE23456777', RawSecretAccessKey } },
      accept: ['outage', 'no-rollback', 'unverified-keys', 'unknown:xks-proxy', 'unknown:permissions'],
      canaryKeys: ['none'],
      stateDirectory: folder,
      logger: createCollectingLogger(lines),
      onProgress: (event) => void events.push(event),
    }).catch((error: unknown) => error);

    expect(updates).toBeGreaterThan(1);
    expect(lines.join('\n')).toContain('UpdateCustomKeyStore');
    expect(lines.join('\n')).toContain('(secret)');
    const kept = [
      inspect(lines),
      lines.join('\n'),
      inspect(events, { depth: 20 }),
      inspect(ended, { depth: 20 }),
      readAll(folder),
    ];
    for (const form of forms) for (const text of kept) expect(text.toLowerCase()).not.toContain(form.toLowerCase());
  });
});
