import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScaledClock, createSimulator, type Simulator, serveSimulator } from '../../src/simulator/index.ts';
import { credential, setStage } from './stage.ts';

let simulator: Simulator;
let server: Awaited<ReturnType<typeof serveSimulator>>;

beforeEach(async () => {
  const clock = createScaledClock(0);
  simulator = createSimulator({ now: clock, seed: 1 });
  server = await serveSimulator(simulator, { clock });
});

afterEach(() => server.close());

async function ask(request: string, body?: unknown): Promise<{ status: number; output: Record<string, unknown> }> {
  const [method = '', path = ''] = request.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}${path}`, { method, ...(text === undefined ? {} : { body: text }) });
  expect(response.headers.get('content-type')).toBe('application/json');
  return { status: response.status, output: (await response.json()) as Record<string, unknown> };
}

const change = (body: unknown) => ask('POST /_simulator/world', body);
const world = async () => (await ask('GET /_simulator/world')).output as Record<string, Record<string, unknown>[]>;

describe('the control endpoint', () => {
  test('says what it can do', async () => {
    const { status, output } = await ask('GET /_simulator');

    expect(status).toBe(200);
    expect(Object.keys(output.routes as object)).toEqual([
      'GET /_simulator',
      'GET /_simulator/calls',
      'GET /_simulator/world',
      'POST /_simulator/world',
      'GET /_simulator/faults',
      'DELETE /_simulator/faults',
      'POST /_simulator/time',
    ]);
  });

  test('adds stores, clusters, proxies and services, and alters those that are there', async () => {
    const endpoint = 'https://xks.example.com';
    const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-09876543';
    const added = await change({
      clusters: [{ id: 'cluster-blueblueblu', freeAddresses: 3 }],
      proxies: [{ endpoint, reachable: false, credentials: [credential] }],
      vpcEndpointServices: [{ name: service }],
      stores: [{ CustomKeyStoreName: 'a', CloudHsmClusterId: 'cluster-blueblueblu', ConnectionState: 'CONNECTED' }],
    });
    const altered = await change({
      clusters: [{ id: 'cluster-blueblueblu', hsms: 1, hsmTypeRollbackFor: '1h', kmsuser: { lockedOut: true } }],
      proxies: [{ endpoint, slow: true }],
      vpcEndpointServices: [{ name: service, acceptanceRequired: true, supportedIpAddressTypes: ['ipv6'] }],
      stores: [{ CustomKeyStoreName: 'a', ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' }],
    });

    expect([added.status, altered.status]).toEqual([200, 200]);
    expect(await world()).toEqual(altered.output);
    expect(simulator.cluster('cluster-blueblueblu')).toMatchObject({
      hsms: 1,
      freeAddresses: 3,
      hsmTypeRollbackUntilMs: simulator.now() + 3_600_000,
      kmsuser: { lockedOut: true },
    });
    expect(altered.output.proxies).toMatchObject([
      { endpoint, reachable: false, slow: true, credentials: [credential.AccessKeyId] },
    ]);
    expect(altered.output.vpcEndpointServices).toMatchObject([{ name: service, acceptanceRequired: true }]);
    expect(altered.output.stores).toMatchObject([
      { CustomKeyStoreName: 'a', ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' },
    ]);
  });

  test('orders faults, external actors, quotas and stale reads, shows the faults and takes them back', async () => {
    const id = simulator.addStore({ CustomKeyStoreName: 'a' });
    await change({
      faults: [{ operation: 'ConnectCustomKeyStore', error: 'ThrottlingException' }],
      externalActors: [
        {
          before: 'DisconnectCustomKeyStore',
          store: 'a',
          call: { operation: 'ConnectCustomKeyStore', caller: 'colleague' },
        },
      ],
      quotas: 'documented',
      staleReads: { state: { for: '20s' } },
    });
    expect((await ask('GET /_simulator/faults')).output).toEqual({
      faults: [
        {
          match: { operation: 'ConnectCustomKeyStore' },
          effect: { kind: 'answer', fault: { name: 'ThrottlingException' }, afterEffect: false },
        },
      ],
    });
    expect(simulator.receive('ConnectCustomKeyStore', { CustomKeyStoreId: id }).fault?.name).toBe(
      'ThrottlingException',
    );
    simulator.receive('DisconnectCustomKeyStore', { CustomKeyStoreId: id }, 'us');

    expect(simulator.calls.map(({ caller }) => caller)).toEqual([undefined, 'colleague', 'us']);
    expect(simulator.quotas.ConnectCustomKeyStore).toBe(5);
    expect(simulator.staleReads).toEqual({ state: { forMs: 20_000, likelihood: 1 } });

    await change({ faults: [{ error: 'KMSInternalException', times: 'always' }] });
    expect((await ask('DELETE /_simulator/faults')).output).toEqual({ faults: [] });
    expect(simulator.receive('DescribeCustomKeyStores', {}).fault).toBeUndefined();
  });

  test('shows the record of calls and the world without a secret', async () => {
    const id = simulator.addStore({ CustomKeyStoreName: 'a' });
    const KeyStorePassword = 'canary-7-password';
    simulator.receive('UpdateCustomKeyStore', { CustomKeyStoreId: id, KeyStorePassword }, 'us');
    await change({
      proxies: [{ endpoint: 'https://xks.example.com', credentials: [credential] }],
      clusters: [{ kmsuserPassword: KeyStorePassword }],
    });
    const shown = JSON.stringify([await ask('GET /_simulator/calls'), await world()]);

    expect(shown).toContain('UpdateCustomKeyStore');
    for (const secret of [
      KeyStorePassword,
      credential.RawSecretAccessKey,
      ...simulator.describeWorld().clusters.map(({ kmsuserPassword }) => kmsuserPassword),
    ]) {
      expect(shown).not.toContain(secret);
    }
  });

  test('shows when the hosts of KMS use a live change', async () => {
    const id = simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'CONNECTED' });
    expect((await world()).liveChanges).toEqual([]);
    simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, XksProxyUriPath: '/new/kms/xks/v1' });

    const instant = expect.stringMatching(/^20\d\d-/);
    expect((await world()).liveChanges).toEqual([
      { CustomKeyStoreId: id, hostsEffectiveAt: [instant, instant, instant, instant] },
    ]);
  });

  test('moves time', async () => {
    const id = simulator.addStore({ ConnectionState: 'DISCONNECTING' });
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTING');

    const { output } = await ask('POST /_simulator/time', { advance: '1h30m', scale: 60 });
    expect(output).toEqual({ now: expect.stringMatching(/^20\d\d-/), scale: 60 });
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTED');
  });

  test('does not move a clock that is not its own', async () => {
    const stage = setStage();
    const other = await serveSimulator(stage.simulator);
    const response = await fetch(`${other.url}/_simulator/time`, { method: 'POST', body: '{"advance":"1m"}' });
    await other.close();

    expect([response.status, await response.json()]).toEqual([
      409,
      { error: 'the clock of this simulator is not its own to move' },
    ]);
  });

  test.each<[string, string, unknown, number, string | RegExp]>([
    [
      'an unknown path',
      'GET /_simulator/tea',
      undefined,
      404,
      /^there is no such path; there are GET \/_simulator, GET/,
    ],
    ['another method', 'PUT /_simulator/world', '{}', 405, '/_simulator/world takes GET and POST'],
    ['a name that every object has', 'GET /_simulator/__proto__', undefined, 404, /^there is no such path/],
    ['no JSON', 'POST /_simulator/world', '{"kmsuserPassword": "p4ssw0rd', 400, 'the body is not JSON'],
    ['no body', 'POST /_simulator/world', '', 400, 'the body is not JSON'],
    ['a list', 'POST /_simulator/world', [], 400, 'must be a group of settings'],
    ['too much', 'POST /_simulator/world', ' '.repeat(1024 * 1024 + 1), 413, 'the body is larger than 1 MiB'],
    ['an unknown key', 'POST /_simulator/world', { store: [] }, 400, /^store: is not known; there are clusters, /],
    [
      'a value that does not fit',
      'POST /_simulator/world',
      { clusters: [{ kmsuserPassword: 'p4ssw0rd'.repeat(9) }] },
      400,
      'clusters[0].kmsuserPassword: must have 7 to 32 characters',
    ],
    [
      'a time beyond all time',
      'POST /_simulator/time',
      { advance: '1000000h' },
      400,
      'advance: must be text such as 250ms, 90s, 5m, 1h30m',
    ],
    [
      'what the world does not allow',
      'POST /_simulator/world',
      { stores: [{ CustomKeyStoreName: 'a' }, { CustomKeyStoreName: 'b' }, { CustomKeyStoreName: 'c' }] },
      400,
      'stores[2]: no free CloudHSM cluster : add one with addCluster',
    ],
  ])('refuses %s, and stays up', async (_what, request, body, status, error) => {
    const answer = await ask(request, body);

    expect(answer.status).toBe(status);
    expect(answer.output.error).toEqual(typeof error === 'string' ? error : expect.stringMatching(error));
    expect(JSON.stringify(answer)).not.toContain('p4ssw0rd');
    expect((await ask('GET /_simulator')).status).toBe(200);
  });
});
