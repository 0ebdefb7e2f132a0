import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../src/simulator/index.ts';
import { answerJson, healthy, serveRaw } from '../support/broken-proxies.ts';
import { externalStore, move, rotation, setStage } from '../support/proxy-checks.ts';
import { newCredential, newEndpoint, oldCredential, privateService } from '../support/stores.ts';

const plain = 'it is reached over plain HTTP, so its certificate was not checked';
const well = ['its external key managers: 1 ACTIVE', 'it answers in 0 ms from here', 'it refuses a wrong secret'];
const say = (text: string) => `${newEndpoint}: ${text}`;

const nowhere: LookupFunction = (_host, _options, callback) =>
  callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), '');

/** What is found where the new endpoint is a server of its own. */
async function meet(listener: Parameters<typeof serveRaw>[0], options: Parameters<typeof setStage>[0] = {}) {
  const { address } = await serveRaw(listener);
  const { observe } = await setStage({ connectTo: { [newEndpoint]: address }, ...options });
  return (await observe())['xks-proxy'];
}

describe('the check of a proxy', () => {
  it('finds one that is as KMS wants it', async () => {
    const { observe } = await setStage();

    expect((await observe())['xks-proxy']).toEqual({ status: 'warned', message: say(plain), details: well });
  });

  it('has nothing to look at where no proxy has a part', async () => {
    const { observe, inventory } = await setStage();
    const nothing = { 'xks-proxy': null, 'external-keys': null, 'same-keys': null };

    expect(await observe({ change: { NewCustomKeyStoreName: 'renamed' } })).toEqual(nothing);
    const store = { ...externalStore, customKeyStoreType: 'AWS_CLOUDHSM', settings: {} } as const;
    expect(await observe({ change: {}, policy: { intent: 'reconnect' }, store })).toEqual(nothing);
    expect(inventory.asked).toBe(0);
  });

  it('looks at the settings in force where none is changed, and before a store is connected', async () => {
    const { observe } = await setStage();
    const found = { status: 'warned', message: `https://old.xks.example.com: ${plain}` };

    expect(await observe({ change: {} })).toMatchObject({ 'xks-proxy': found, 'same-keys': null });
    expect(await observe({ change: {}, policy: { intent: 'reconnect' } })).toMatchObject({ 'xks-proxy': found });
    const store = { ...externalStore, connectionState: 'DISCONNECTED' } as const;
    const renamed = {
      change: { NewCustomKeyStoreName: 'renamed' },
      policy: { finalState: 'connected' },
      store,
    } as const;
    expect(await observe(renamed)).toMatchObject({ 'xks-proxy': found });
  });

  it('wants both credentials taken for a rotation', async () => {
    const { observe, from } = await setStage();
    const both = await observe({ change: rotation });
    from.credentials = { [newCredential.AccessKeyId]: newCredential.RawSecretAccessKey };
    const one = await observe({ change: rotation });
    from.credentials = { [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey };
    const none = await observe({ change: rotation });

    expect(both['xks-proxy']?.details).toEqual([...well, 'it still accepts the old credential']);
    expect(one['xks-proxy']).toMatchObject({
      status: 'warned',
      message: `https://old.xks.example.com: with the old credential, which KMS may use for five minutes more: it refuses the credential (401 AuthenticationFailedException); ${plain}`,
    });
    expect(none['xks-proxy']).toMatchObject({
      status: 'failed',
      message: 'https://old.xks.example.com: it refuses the credential (401 AuthenticationFailedException)',
    });
  });

  it('says that it has nothing to sign with, once, and as what has to be accepted', async () => {
    const { observe } = await setStage();
    const why = 'needs the proxy credential; pass --previous-xks-proxy-authentication-credential, or a new one';

    expect(await observe({ change: { XksProxyUriEndpoint: newEndpoint }, hasOld: false })).toEqual({
      'xks-proxy': { status: 'unknown', message: say(why), details: [plain] },
      'external-keys': { status: 'warned', message: `not checked: ${why}`, isUndecided: true },
      'same-keys': { status: 'unknown', message: `not compared: ${why}`, risk: 'unverified-keys' },
    });
  });

  it('takes a credential that is not the one in force for none', async () => {
    const { observe } = await setStage();
    const settings = { ...externalStore.settings, proxyCredentialAccessKeyId: 'ANOTHERANOTHERANOTHE' };
    const found = await observe({
      change: { XksProxyUriEndpoint: newEndpoint },
      store: { ...externalStore, settings },
    });

    expect(found['xks-proxy']?.status).toBe('unknown');
  });

  it('does without an old secret that is no longer there, and not without a new one', async () => {
    const { observe, values } = await setStage();
    delete values['env:OLD'];
    expect((await observe())['xks-proxy']?.details).toEqual(well);

    delete values['env:NEW'];
    await expect(observe()).rejects.toThrow('env:NEW is not set');
  });

  it.each([
    ['malformed', 'failed', 'its answer is not a JSON object'],
    ['validation', 'failed', 'it answers 400 ValidationException'],
    ['internalError', 'failed', 'it answers 500 InternalException'],
    ['throttled', 'unknown', 'it is too busy to answer (429 ThrottlingException)'],
    ['dependencyTimeout', 'unknown', 'it is too busy to answer (503 DependencyTimeoutException)'],
    [
      { status: 200, body: '{}' },
      'failed',
      'KMS could not read its health answer: ekmFleetDetails is missing, not a list',
    ],
    [{ status: 200, body: '[]' }, 'failed', 'its answer is not a JSON object'],
    [{ status: 403, body: '<b>no</b>' }, 'unknown', 'it denies access from here (403)'],
    [{ status: 500, body: '{"errorName":"Surprise \\u001b[2J"}' }, 'failed', 'it answers 500 Surprise ?[2J'],
    [
      { status: 400, body: '{"errorName":"ValidationException","errorMessage":"kmsRequestId: bad\\u0007 form"}' },
      'failed',
      'it answers 400 ValidationException: "kmsRequestId: bad? form"',
    ],
    [
      { status: 200, body: '{"ekmFleetDetails":[{"healthStatus":"SLEEPY"}]}' },
      'failed',
      'KMS could not read its health answer: a healthStatus is "SLEEPY", not ACTIVE, DEGRADED, UNAVAILABLE',
    ],
  ] as const)('judges the answer %j: %s', async (answer, status, message) => {
    const { observe, to } = await setStage();
    to.answer = answer;

    expect((await observe())['xks-proxy']).toMatchObject({ status, message: say(message) });
  });

  it('judges a wrong path, denied access and the states of the key managers', async () => {
    const { observe, to } = await setStage();
    const see = async () => {
      const found = (await observe())['xks-proxy'];
      return [found?.status, found?.message];
    };
    to.paths = ['/elsewhere/kms/xks/v1'];
    expect(await see()).toEqual(['failed', say('it answers 404 InvalidUriPathException for /old/kms/xks/v1/health')]);
    to.paths = undefined;
    to.accessDenied = true;
    expect(await see()).toEqual(['unknown', say('it denies access from here (403 AccessDeniedException)')]);
    to.accessDenied = false;
    Object.assign(to, { ekm: ['ACTIVE', 'UNAVAILABLE', 'DEGRADED', 'ACTIVE'] });
    const tally = 'its external key managers: 2 ACTIVE, 1 DEGRADED, 1 UNAVAILABLE';
    expect(await see()).toEqual(['warned', say(`${tally}; ${plain}`)]);
    Object.assign(to, { ekm: ['UNAVAILABLE', 'UNAVAILABLE'] });
    expect(await see()).toEqual(['failed', say('its external key managers: 2 UNAVAILABLE')]);
  });

  it('warns of a proxy that takes any secret', async () => {
    const { observe, to } = await setStage();
    to.credentials = undefined;

    const open = 'it accepts a wrong secret too: anyone who can reach it can use the keys';
    expect((await observe())['xks-proxy']).toMatchObject({ status: 'warned', message: say(`${open}; ${plain}`) });
  });

  it('warns of a proxy that answers GET, and of a manager that administers stores itself', async () => {
    const found = await meet(({ headers }, response) => {
      const isFirst = headers.authorization?.includes('Credential=');
      answerJson(response, isFirst ? 200 : 401, {
        ...healthy,
        xksProxyVendor: 'Thales',
        xksProxyModel: 'CipherTrust',
      });
    });

    const thales =
      'the vendor is Thales: CipherTrust Manager can administer key stores itself, and may overwrite these settings';
    const get = 'it answers GET, where the XKS proxy API has only POST';
    const open = 'it accepts a wrong secret too: anyone who can reach it can use the keys';
    expect(found).toMatchObject({ status: 'warned', message: say([thales, open, get, plain].join('; ')) });
  });

  it('warns of one that is slower than KMS waits, which the way from here may explain', async () => {
    let nowMs = Date.now();
    const now = () => {
      nowMs += 200;
      return nowMs;
    };
    const { observe } = await setStage({ now });

    expect((await observe())['xks-proxy']?.message).toMatch(
      /: it answers in \d+ ms from here, and KMS waits 250; the network path from this machine may explain it; /,
    );
  });

  it('does not blame the credential where a clock is wrong', async () => {
    const { observe } = await setStage({ now: () => Date.now() - 3_600_000 });

    expect((await observe())['xks-proxy']).toMatchObject({
      status: 'unknown',
      message: say(
        'it refuses the signature (401 AuthenticationFailedException), but its clock and that of this machine are 60 minutes apart',
      ),
    });
  });

  it.each<[string, string, Parameters<typeof serveRaw>[0]]>([
    ['failed', 'its answer is not a JSON object', (_, response) => response.end('Good morning')],
    [
      'failed',
      'it redirects (302), and KMS follows none',
      (_, response) => response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end(),
    ],
    [
      'failed',
      'its answer is larger than any that KMS reads (more than 65536 bytes)',
      (_, response) => response.end('x'.repeat(1_000_000)),
    ],
    ['unknown', 'it closed the connection before it answered (ECONNRESET)', (request) => request.socket.destroy()],
  ])('says %s: %s', async (status, message, listener) => {
    expect(await meet(listener)).toEqual({ status, message: say(message), details: [plain] });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'fails one that requires a client certificate, in %s',
    async (maxVersion) => {
      const tls = createSelfSigned({ hosts: [new URL(newEndpoint).hostname] });
      const listener = () => undefined;
      const { address } = await serveRaw(listener, { ...tls, maxVersion, requestCert: true });
      const { observe } = await setStage({ connectTo: { [newEndpoint]: address }, authorities: tls.cert });
      const message = expect.stringContaining('it requires a client certificate (mTLS), and KMS has not presented one');

      expect((await observe())['xks-proxy']).toMatchObject({ status: 'failed', message });
      const sameWithoutSecret = await observe({ change: { XksProxyUriEndpoint: newEndpoint }, hasOld: false });
      expect(sameWithoutSecret['xks-proxy']).toMatchObject({ status: 'failed', message });
    },
  );

  it('fails a public name without an IPv4 address, and cannot tell of a private one', async () => {
    const lookup: LookupFunction = (host, options, callback) =>
      options.family === 6 ? callback(null, '::1', 6) : nowhere(host, options, callback);
    const { observe } = await setStage({ lookup });
    const six = { XksProxyUriEndpoint: 'https://six.example.com' } as const;
    const isPrivate = { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE', XksProxyVpcEndpointServiceName: privateService };

    expect((await observe({ change: six }))['xks-proxy']).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('IPv6 address and no IPv4 address, and KMS uses IPv4 only'),
    });
    expect((await observe({ change: { ...six, ...isPrivate } as never }))['xks-proxy']).toMatchObject({
      status: 'unknown',
    });
  });

  it('says so where the proxy was asked on a port that KMS does not use', async () => {
    const { observe } = await setStage({ lookup: nowhere, connectTo: { [newEndpoint]: 'new.xks.example.com:8443' } });

    expect((await observe())['xks-proxy']?.details).toContainEqual(
      'it was asked on port 8443, and KMS uses port 443 only',
    );
  });

  it('says unknown where it takes too long', async () => {
    const message = say('it does not answer here in time (100 ms)');
    expect(await meet(() => undefined, { timeoutMs: 100 })).toMatchObject({ status: 'unknown', message });
  });

  it('tells nothing but that it was stopped', async () => {
    const { observe } = await setStage();

    expect((await observe({ signal: AbortSignal.abort() }))['xks-proxy']).toEqual({
      status: 'unknown',
      message: say('a stop was requested (stopped)'),
    });
  });

  it('could not look at a private proxy that is not reached from here', async () => {
    const { address, close } = await serveRaw(() => undefined);
    await close();
    const { observe } = await setStage({ connectTo: { [newEndpoint]: address } });
    const change = {
      ...move,
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: privateService,
    } as const;

    expect(await observe({ change })).toMatchObject({
      'xks-proxy': {
        status: 'unknown',
        message: say(
          'it cannot be connected to from here; if this machine can reach it at another address, give that with --xks-proxy-connect-to (ECONNREFUSED)',
        ),
      },
      'external-keys': { status: 'warned' },
      'same-keys': { status: 'unknown', message: '0 external keys of 3 verified to be the same' },
    });
  });
});
