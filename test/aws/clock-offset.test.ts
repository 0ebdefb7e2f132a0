import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/library/wiring/connection.ts';

const hourMs = 3_600_000;
const storeId = 'cks-1234567890abcdef0';
let server: Server;
let aheadMs = 0;
const signedAheadMs: number[] = [];

/** KMS with its own clock: a signature is good for five minutes, and the answer says what time it is there. */
beforeEach(async () => {
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'dummy');
  signedAheadMs.length = 0;
  server = createServer((request, response) => {
    request.resume();
    const nowMs = Date.now() + aheadMs;
    const signedAt = String(request.headers['x-amz-date']).replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    );
    const offMs = Date.parse(signedAt) - nowMs;
    signedAheadMs.push(Math.abs(Math.round((offMs + aheadMs) / hourMs)) * hourMs);
    const isGood = Math.abs(offMs) < 300_000;
    response.writeHead(isGood ? 200 : 400, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': 'request-1',
      date: new Date(nowMs).toUTCString(),
    });
    const store = { CustomKeyStoreId: storeId, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' };
    const failure = { __type: 'InvalidSignatureException', message: 'Signature expired' };
    response.end(JSON.stringify(isGood ? { CustomKeyStores: [store], Truncated: false } : failure));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

const open = () =>
  connect({ region: 'us-east-1', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

describe('a clock that is off', () => {
  it('is corrected by the date that KMS answers, and stays so when the credentials are renewed', async () => {
    aheadMs = hourMs;
    const { kms } = await open();

    expect(await kms.describe(storeId)).toMatchObject({ ok: false, failure: { class: 'credentials' } });
    await kms.renewCredentials();
    expect(await kms.describe(storeId)).toMatchObject({ ok: true });
    await kms.renewCredentials();
    expect(await kms.describe(storeId)).toMatchObject({ ok: true });
    expect(signedAheadMs).toEqual([0, hourMs, hourMs]);
  });

  it('is corrected again when it is set right', async () => {
    aheadMs = -hourMs;
    const { kms } = await open();
    await kms.describe(storeId);
    await kms.renewCredentials();
    aheadMs = 0;

    expect(await kms.describe(storeId)).toMatchObject({ ok: false });
    await kms.renewCredentials();
    expect(await kms.describe(storeId)).toMatchObject({ ok: true });
  });
});
