import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createHttpProxyCredentials } from '../../../src/lambda/rotation/index.ts';
import { serveInTest } from '../../support/servers.ts';
import { newCredential, oldEndpoint } from '../../support/stores.ts';

interface Asked {
  readonly method: string | undefined;
  readonly body: unknown;
}

/** An admin endpoint that answers in its own way. */
async function serve(answer: (response: ServerResponse, nth: number, request: IncomingMessage) => void) {
  const asked: Asked[] = [];
  const url = await serveInTest(async (request, response) => {
    asked.push({ method: request.method, body: await json(request) });
    answer(response, asked.length, request);
  });
  return { url: `${url}/admin`, asked };
}

const terms = (signal = new AbortController().signal) => ({
  customKeyStoreId: 'cks-1',
  endpoint: oldEndpoint,
  path: '/kms/xks/v1',
  signal,
});

const place = { customKeyStoreId: 'cks-1', endpoint: oldEndpoint, path: '/kms/xks/v1' };

const status = (code: number) => (response: ServerResponse) =>
  response.writeHead(code).end(newCredential.RawSecretAccessKey);

/** What it rejects with; the secret is in none of it. */
async function complain(promise: Promise<void>): Promise<string> {
  const error: Error = await promise.then(
    () => new Error('it was done'),
    (reason) => reason,
  );
  expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(newCredential.RawSecretAccessKey);
  return error.message;
}

describe('an admin endpoint', () => {
  it('is posted both halves to establish, and the id alone to retire', async () => {
    const { url, asked } = await serve(status(200));
    const { establish, retire } = createHttpProxyCredentials({ url });
    await establish(newCredential, terms());
    await retire({ AccessKeyId: newCredential.AccessKeyId }, terms());

    expect(asked).toEqual([
      { method: 'POST', body: { action: 'establish', ...newCredential, ...place } },
      { method: 'POST', body: { action: 'retire', AccessKeyId: newCredential.AccessKeyId, ...place } },
    ]);
  });

  it('an admin endpoint that is busy is asked again, and then no more', async () => {
    const busy = await serve((response, nth) => status(nth < 3 ? 503 : 200)(response));
    await createHttpProxyCredentials({ url: busy.url, pauseMs: 0 }).establish(newCredential, terms());
    expect(busy.asked).toHaveLength(3);

    const broken = await serve(status(500));
    const hook = createHttpProxyCredentials({ url: broken.url, pauseMs: 0, attempts: 2 });
    expect(await complain(hook.establish(newCredential, terms()))).toMatch(/^127\.0\.0\.1:\d+ answered 500$/);
    expect(broken.asked).toHaveLength(2);
  });

  it('an admin endpoint that refuses is asked once', async () => {
    const { url, asked } = await serve(status(403));
    const hook = createHttpProxyCredentials({ url, pauseMs: 0 });
    expect(await complain(hook.establish(newCredential, terms()))).toMatch(/answered 403$/);
    expect(asked).toHaveLength(1);
  });

  it('an admin endpoint that says nothing, goes elsewhere, or is not there is given up', async () => {
    const mute = await serve(() => undefined);
    const elsewhere = await serve((response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    const hookAt = (url: string) =>
      createHttpProxyCredentials({ url, attempts: 1, ...(url === mute.url ? { timeoutMs: 50 } : {}) });

    const said = [mute.url, elsewhere.url, 'http://127.0.0.1:1/admin'].map((url) =>
      complain(hookAt(url).establish(newCredential, terms())),
    );
    expect(await Promise.all(said)).toEqual([
      expect.stringMatching(/did not answer \(TimeoutError\)$/),
      expect.stringMatching(/answered 307$/),
      expect.stringMatching(/did not answer \(\w+\)$/),
    ]);
  });

  it('is not waited for any longer than the rotation has time', async () => {
    const late = new AbortController();
    const { url, asked } = await serve(() => late.abort());
    const waiting = createHttpProxyCredentials({ url, pauseMs: 0 }).establish(newCredential, terms(late.signal));
    expect(await complain(waiting)).toMatch(/did not answer \(AbortError\)$/);
    expect(asked).toHaveLength(1);
  });

  it.each(['http://admin.example.com', 'ftp://127.0.0.1', 'admin', ''])('is not "%s"', (url) => {
    expect(() => createHttpProxyCredentials({ url })).toThrow('the url of the admin endpoint begins with https://');
  });
});
