import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import { assessRisks, type CheckFinding } from '../../src/domain/checks.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { createSimulator, serveXksProxy } from '../../src/simulator/index.ts';
import { answerJson, healthy, serveRaw } from '../support/broken-proxies.ts';
import { createKeys, externalStore, fitKeys, move, rotation, setStage } from '../support/proxy-checks.ts';
import { keep } from '../support/servers.ts';
import { newCredential, newEndpoint, oldCredential, oldEndpoint } from '../support/stores.ts';

const see = async (stage: Awaited<ReturnType<typeof setStage>>, looking: Parameters<typeof stage.observe>[0] = {}) =>
  (await stage.observe(looking))['same-keys'];

describe('the check of the same keys', () => {
  it('proves every key, both ways', async () => {
    expect(await see(await setStage())).toEqual({
      status: 'passed',
      message: '3 external keys verified to be the same, in both directions',
      verifiesKeys: true,
      sameKeys: expect.objectContaining({ length: 3 }),
    });
  });

  it('looks only where the store moves', async () => {
    const stage = await setStage();

    expect(await see(stage, { change: rotation })).toBeNull();
    stage.from.paths = undefined;
    expect(await see(stage, { change: { XksProxyUriPath: '/new/kms/xks/v1' } })).toMatchObject({ verifiesKeys: true });
  });

  it('finds other keys at once', async () => {
    const stage = await setStage();
    stage.to.keyManager = 'another';

    expect(await see(stage)).toEqual({
      status: 'failed',
      message: '3 external keys of 3 not the same there: what was encrypted before could not be decrypted',
      details: [1, 2, 3].map((n) => `key-${n} (external key ext-${n}): is a different key there (${newEndpoint})`),
    });
  });

  it('finds a single one that is missing', async () => {
    const stage = await setStage();
    const fit = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
    stage.to.keys = { 'ext-1': fit, 'ext-3': fit };

    expect(await see(stage)).toEqual({
      status: 'failed',
      message: '1 external key of 3 not the same there: what was encrypted before could not be decrypted',
      details: [`key-2 (external key ext-2): is missing there (${newEndpoint})`],
    });
  });

  describe('where old and new settings have one name and path', () => {
    const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-0green00000000002';
    const settings = {
      ...externalStore.settings,
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0blue000000000001',
    };
    const store = { ...externalStore, settings };

    it.each<[string, Change, KeyStore]>([
      ['another VPC endpoint service', { XksProxyVpcEndpointServiceName: service }, store],
      ['another owner of the service', { XksProxyVpcEndpointServiceOwner: '444455556666' }, store],
      [
        'another connectivity',
        {
          XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
          XksProxyUriEndpoint: oldEndpoint.toUpperCase().replace('HTTPS', 'https'),
          XksProxyVpcEndpointServiceName: service,
        },
        externalStore,
      ],
    ])('compares nothing for %s, and unverified-keys stays', async (_, change, of) => {
      const stage = await setStage();
      const found = await stage.observe({ change, store: of });
      const one = `${new URL(stage.url).host}`;
      expect(found['same-keys']).toEqual({
        status: 'unknown',
        message: `not compared: the old and the new settings lead to one address from here, ${one}, so it would be compared with itself; --xks-proxy-connect-to old=HOST:PORT and new=HOST:PORT give an address to each`,
        risk: 'unverified-keys',
      });
      expect(found['xks-proxy']).toMatchObject({ isUndecided: true });
      expect(assessRisks(['unverified-keys'], [{ check: 'same-keys', ...found['same-keys'] } as CheckFinding])).toEqual(
        ['unverified-keys'],
      );
    });

    it.each([
      ['one', 'passed'],
      ['another', 'failed'],
    ])('compares them at the two addresses that are given: key manager %s', async (keyManager, status) => {
      const green = createSimulator();
      const { AccessKeyId, RawSecretAccessKey } = oldCredential;
      green.addProxy({
        endpoint: oldEndpoint,
        keyManager,
        keys: fitKeys,
        credentials: { [AccessKeyId]: RawSecretAccessKey },
      });
      const { url } = keep(await serveXksProxy(green));
      const stage = await setStage({ connectTo: { new: url } });
      Object.assign(stage.from, { keyManager: 'one', paths: undefined });

      const found = await see(stage, { change: { XksProxyVpcEndpointServiceName: service }, store });
      expect(found).toMatchObject({ status });
    });
  });

  it('does not take an answer for a proof that is something else', async () => {
    const { address } = await serveRaw((_, response) => answerJson(response, 200, { ...healthy, plaintext: 'AAAA' }));
    const stage = await setStage({ connectTo: { [newEndpoint]: address } });
    stage.hold(createKeys(1));

    expect(await see(stage)).toMatchObject({
      status: 'failed',
      details: [`key-1 (external key ext-1): decrypts to something else (${newEndpoint})`],
    });
  });

  it('proves nothing of a key that cannot be used now, or not be described', async () => {
    const stage = await setStage();
    const fit = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
    stage.from.keys = { 'ext-1': { ...fit, keyStatus: 'DISABLED' }, 'ext-2': fit, 'ext-3': fit };
    expect(await see(stage)).toEqual({
      status: 'unknown',
      risk: 'unverified-keys',
      message: '2 external keys of 3 verified to be the same',
      details: [`key-1 (external key ext-1): encrypting at ${oldEndpoint}: it answers 400 InvalidStateException`],
      sameKeys: expect.objectContaining({ length: 2 }),
    });

    stage.from.keys = fitKeys;
    stage.hold(createKeys(1), 2);
    expect(await see(stage)).toEqual({
      status: 'unknown',
      risk: 'unverified-keys',
      message:
        '1 external key of 1 verified to be the same, and 2 more that may be in the store could not be described',
      details: [],
      sameKeys: expect.objectContaining({ length: 1 }),
    });
  });

  it('stops where a proxy cannot be asked: there it proves nothing, and says nothing against the keys', async () => {
    const stage = await setStage();
    stage.hold(createKeys(200));
    stage.from.credentials = {};

    const found = await see(stage);
    expect(found).toMatchObject({ status: 'unknown', message: '0 external keys of 200 verified to be the same' });
    expect(found?.details).toHaveLength(11);
    expect(found?.details?.[0]).toMatch(
      /^key-\d+ \(external key ext-\d+\): encrypting at https:\/\/old.xks.example.com: it refuses the credential \(401/,
    );
  });

  it('needs no credential for a store that holds no key', async () => {
    const stage = await setStage();
    stage.hold([]);

    const found = { status: 'passed', message: 'the store holds no key', verifiesKeys: true };
    expect(await see(stage, { hasOld: false })).toEqual(found);
    stage.hold([], 1);
    expect(await see(stage, { hasOld: false })).toMatchObject({ status: 'unknown' });
  });

  it('says nothing secret, whatever proxies and their errors say', async () => {
    const secrets = [newCredential, oldCredential].map(({ RawSecretAccessKey }) => RawSecretAccessKey);
    const told: unknown[] = [];
    for (const [status, body] of [
      [400, { errorName: secrets[0], errorMessage: secrets[1] }],
      [401, { errorMessage: secrets[0] }],
      [200, { ...healthy, xksProxyVendor: secrets[0], ekmVendor: secrets[1] }],
      [500, secrets[0]],
    ] as const) {
      const { address } = await serveRaw((_, response) => answerJson(response, status, body));
      const stage = await setStage({ connectTo: { [newEndpoint]: address } });
      for (const change of [move, rotation]) told.push(await stage.observe({ change }));
    }
    const text = JSON.stringify(told);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
