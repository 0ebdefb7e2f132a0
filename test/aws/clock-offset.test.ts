import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/library/wiring/connection.ts';
import { serveInTest } from '../support/servers.ts';

const hourMs = 3_600_000;
const storeId = 'cks-1234567890abcdef0';
let endpoint: string;
let aheadMs = 0;
const signedAheadMs: number[] = [];

/** KMS with its own clock: a signature is good for five minutes, and the answer says what time it is there. */
beforeEach(async () => {
  signedAheadMs.length = 0;
  endpoint = await serveInTest((request, response) => {
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
});

const open = () => connect({ region: 'us-east-1', endpoint });

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
