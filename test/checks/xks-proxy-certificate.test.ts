import { describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../src/simulator/index.ts';
import { answerJson, healthy, serveRaw } from '../support/broken-proxies.ts';
import { setStage } from '../support/proxy-checks.ts';
import { newEndpoint } from '../support/stores.ts';

const dayMs = 86_400_000;
const hosts = ['new.xks.example.com'];
const inDays = (days: number) => new Date(Date.now() + (days + 0.5) * dayMs);
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

/** What is found where the new endpoint shows the certificate, and vouches for it where it is trusted. */
async function meet(options: Parameters<typeof createSelfSigned>[0], isTrusted = true) {
  const tls = createSelfSigned({ hosts, ...options });
  const secure = await serveRaw((request, response) => {
    const isGet = request.method === 'GET';
    answerJson(response, isGet ? 405 : 200, healthy);
  }, tls);
  const { observe } = await setStage({
    connectTo: { [newEndpoint]: secure.address },
    ...(isTrusted ? { authorities: tls.cert } : {}),
  });
  const found = (await observe())['xks-proxy'];
  return [found?.status, found?.message.replace(`${newEndpoint}: `, ''), found?.details];
}

const added =
  'its CA, new.xks.example.com, is trusted because --ca-bundle has it; it is not known whether KMS trusts it';
const open = 'it accepts a wrong secret too: anyone who can reach it can use the keys';
const well = ['its external key managers: 1 ACTIVE', expect.stringMatching(/^it answers in \d+ ms from here$/)];

describe('the certificate of a proxy', () => {
  it('may last, or end soon', async () => {
    const [far, soon] = [inDays(30), inDays(9)];
    const lasting = `its certificate ends in 30 days, on ${dayOf(far)}`;
    expect(await meet({ notAfter: far })).toEqual(['warned', `${open}; ${added}`, [...well, lasting]]);
    const ending = `its certificate ends in 9 days, on ${dayOf(soon)}`;
    expect(await meet({ notAfter: soon })).toEqual(['warned', `${open}; ${added}; ${ending}`, well]);
  });

  it.each([
    ['its certificate expired on 1970-01-02', { notBefore: new Date(0), notAfter: new Date(dayMs) }, true],
    ['its certificate is not valid yet', { notBefore: inDays(1) }, true],
    ['its certificate is for other.example.com, not for the endpoint', { hosts: ['other.example.com'] }, true],
    [
      "its certificate is self-signed, and AWS's list of the CAs that KMS trusts (2022-11-10) does not have it; --ca-bundle FILE adds a CA",
      {},
      false,
    ],
    [
      "its certificate is issued by Private Root, and AWS's list of the CAs that KMS trusts (2022-11-10) does not have it; --ca-bundle FILE adds a CA",
      { issuer: createSelfSigned({ commonName: 'Private Root' }) },
      false,
    ],
  ])('stands in the way: %s', async (message, options, isTrusted) => {
    expect((await meet(options, isTrusted)).slice(0, 2)).toEqual(['failed', message]);
  });

  it('is not known to suit KMS where only an alternative name is that of the endpoint', async () => {
    expect(await meet({ commonName: 'Acme' })).toEqual([
      'unknown',
      'its certificate names the endpoint as an alternative name (SAN) alone; KMS documents that the common name (CN) must match',
      [...well, open, added.replace('new.xks.example.com', 'Acme'), expect.stringMatching(/^its certificate ends in/)],
    ]);
  });
});
