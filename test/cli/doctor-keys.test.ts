/** What `cks doctor` rests its verdict on: keys that it used, who works on the store, and what it could not look at. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect } from 'vitest';
import type { Simulator } from '../../src/simulator/index.ts';
import { test } from '../support/command-over-http.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';
import { newEndpoint, oldEndpoint } from '../support/stores.ts';

beforeAll(stubSurroundings);

interface Found {
  readonly isWell: boolean | null;
  readonly verdict: string;
  readonly next: readonly string[];
  readonly keyTest: {
    readonly kind: string;
    readonly status: string;
    readonly message: string;
    readonly keys: readonly { readonly keyId: string; readonly result: string; readonly detail?: string }[];
  };
  readonly atWork: { readonly runId: string; readonly step: string } | null;
  readonly deadMansSwitch: { readonly name: string; readonly firesAt: string } | null;
}

const uses = ({ calls }: Simulator) =>
  calls.filter(({ operation }) => /^(Encrypt|Decrypt|GenerateRandom)$/.test(operation));
const writes = ({ calls }: Simulator) => calls.filter(({ operation }) => /CustomKeyStore$/.test(operation));

describe.concurrent('cks doctor', () => {
  test('says that no key works where the proxy of a CONNECTED store is gone, and names the keys', async ({ here }) => {
    const id = here.addExternal();
    Object.assign(here.simulator.proxy(oldEndpoint), { reachable: false });

    const found = await here.cks('doctor', 'xks');
    const text = await here.cks('doctor', 'xks', '--output', 'text');

    expect([found.exitCode, text.exitCode]).toEqual([3, 3]);
    expect(found.json<Found>()).toMatchObject({
      isWell: false,
      verdict: 'it is CONNECTED, but 2 of 2 tested keys do not work',
      keyTest: { kind: 'fresh', status: 'failed', keys: [{ result: 'unusable' }, { result: 'unusable' }] },
      next: [`cks check ${id}`],
    });
    for (const { keyId } of found.json<Found>().keyTest.keys) expect(text.stdout).toContain(keyId.split('/').at(-1));
    expect(text.stdout).toContain('KMSInvalidStateException');
    expect(writes(here.simulator)).toEqual([]);
  });

  test('says that no key works where the cluster of a CONNECTED store has no HSM', async ({ here }) => {
    const cluster = here.simulator.addCluster({ hsms: 0 });
    here.simulator.addStore({
      CustomKeyStoreName: 'hsm',
      CloudHsmClusterId: cluster,
      ConnectionState: 'CONNECTED',
      keys: 1,
    });
    const found = await here.cks('doctor', 'hsm');
    expect(found.exitCode).toBe(3);
    expect(found.json<Found>()).toMatchObject({ isWell: false, keyTest: { status: 'failed' } });
  });

  test('uses three keys at most', async ({ here }) => {
    here.addExternal({ keys: 7 });
    const found = await here.cks('doctor', 'xks');
    expect(found.exitCode).toBe(0);
    expect(found.json<Found>().keyTest.keys).toHaveLength(3);
  });

  test('decrypts kept canaries first, and says where the key material is other than when they were made', async ({
    here,
  }) => {
    const id = here.addExternal();
    here.simulator.addProxy({ endpoint: newEndpoint, keyManager: 'other' });
    await here.cks('canary', 'create', 'xks');

    const well = await here.cks('doctor', 'xks');
    const encrypts = uses(here.simulator).filter(({ operation }) => operation === 'Encrypt').length;
    Object.assign(here.simulator.proxy(oldEndpoint), { keyManager: 'other' });
    const lost = await here.cks('doctor', 'xks');

    expect([well.exitCode, lost.exitCode]).toEqual([0, 3]);
    expect(well.json<Found>().verdict).toMatch(/^keys work: cks tested 2 of 2 keys, with canaries, the oldest from 20/);
    expect(lost.json<Found>()).toMatchObject({
      verdict: 'it is CONNECTED, but 2 of 2 tested keys do not decrypt what they encrypted before',
      keyTest: { kind: 'canaries', keys: [{ result: 'lost' }, { result: 'lost' }] },
      next: [`cks canary check ${id}`, `cks check ${id}`],
    });
    expect(uses(here.simulator).filter(({ operation }) => operation === 'Encrypt')).toHaveLength(encrypts);
  });

  test('does not take the kept canaries of the canary key for evidence about application keys', async ({ here }) => {
    const id = here.addExternal({ keys: 4 });
    here.simulator.addKey(id, { AliasName: `alias/cks-canary-${id}`, XksKeyId: 'canary' });
    await here.cks('canary', 'create', 'xks', '--canary-key', `alias/cks-canary-${id}`);
    // Its proxy knows the external key of the canary key alone.
    const canary = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' as const };
    const well = await here.cks('doctor', 'xks');
    Object.assign(here.simulator.proxy(oldEndpoint), { keys: { canary } });
    const dead = await here.cks('doctor', 'xks');

    expect([well.exitCode, dead.exitCode]).toEqual([0, 3]);
    expect(well.json<Found>().verdict).toMatch(
      /^keys work: cks tested 4 of 5 keys, 1 with canaries, the oldest from 20\S+Z, and 3 with a fresh Encrypt and Decrypt/,
    );
    expect(dead.json<Found>().verdict).toMatch(/^it is CONNECTED, but 3 of 4 tested keys do not /);
  });

  test('cannot tell whether application keys work where only the canary key could be used', async ({ here }) => {
    const id = here.addExternal({ keys: 0 });
    const key = here.simulator.addKey(id);
    here.simulator.addKey(id, { AliasName: `alias/cks-canary-${id}` });
    here.simulator.call('DisableKey', { KeyId: key });
    await here.cks('canary', 'create', 'xks', '--canary-key', 'all');
    const found = await here.cks('doctor', 'xks');
    expect(found.exitCode).toBe(9);
    expect(found.json<Found>().keyTest).toMatchObject({
      status: 'unknown',
      message: expect.stringContaining('only its canary key works'),
    });
  });

  test.for([
    ['an Encrypt without ciphertext', 'Encrypt', '{}', 'application/x-amz-json-1.1'],
    ['a Decrypt without plaintext', 'Decrypt', '{}', 'application/x-amz-json-1.1'],
    ['a Decrypt with a page in HTML', 'Decrypt', '<html>Log in</html>', 'text/html'],
  ] as const)('ends with 9 where something else than KMS answers %s', async ([, operation, body, type], { here }) => {
    here.addExternal();
    const answers = createServer(async (request, response) => {
      const isOther = request.headers['x-amz-target']?.toString().endsWith(`.${operation}`) ?? false;
      const text = Buffer.concat(await request.toArray());
      if (isOther && !text.includes('"DryRun":true')) {
        response.writeHead(200, { 'content-type': type, 'x-amzn-requestid': 'id' }).end(body);
        return;
      }
      const { host: _, ...headers } = request.headers as Record<string, string>;
      const passed = await fetch(here.url, { method: 'POST', headers, body: text });
      response
        .writeHead(passed.status, Object.fromEntries(passed.headers))
        .end(Buffer.from(await passed.arrayBuffer()));
    });
    await once(answers.listen(0, '127.0.0.1'), 'listening');
    const { port } = answers.address() as AddressInfo;
    const found = await here.inTime(() =>
      runHere(['doctor', 'xks', '--state-dir', here.state, '--endpoint-url', `http://127.0.0.1:${port}`]),
    );
    answers.closeAllConnections();
    answers.close();
    expect(found.stderr).toBe('');
    expect(found.exitCode).toBe(9);
    expect((JSON.parse(found.stdout) as Found).keyTest.status).toBe('unknown');
  });

  test('ends with 9 where this identity is denied the use of keys', async ({ here }) => {
    here.addExternal();
    here.simulator.failNext('Encrypt', 'AccessDeniedException', { times: 9 });
    const found = await here.cks('doctor', 'xks');
    expect(found.exitCode).toBe(9);
    expect(found.json<Found>()).toMatchObject({
      isWell: null,
      verdict: expect.stringMatching(
        /^it is CONNECTED, which says nothing of its keys; whether keys work could not be found out: AccessDeniedException: .*; 2 checks could not run: xks-proxy, external-keys$/,
      ),
    });
  });

  test('uses no key with --no-key-test, and then cannot tell', async ({ here }) => {
    here.addExternal();
    const found = await here.cks('doctor', 'xks', '--no-key-test');
    expect(found.exitCode).toBe(9);
    expect(found.json<Found>()).toMatchObject({ isWell: null, keyTest: { status: 'skipped' } });
    expect(uses(here.simulator)).toEqual([]);
  });

  test('asks the cluster for random bytes where a store holds no key, and has nothing to test in an external one', async ({
    here,
  }) => {
    here.addExternal({ keys: 0 });
    here.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });

    const [hsm, xks] = [await here.cks('doctor', 'hsm'), await here.cks('doctor', 'xks')];

    expect([hsm.exitCode, xks.exitCode]).toEqual([0, 9]);
    expect(hsm.json<Found>().keyTest).toMatchObject({ kind: 'random', status: 'passed' });
    expect(xks.json<Found>().keyTest).toMatchObject({ kind: 'none', status: 'nothing' });
    expect(uses(here.simulator).map(({ operation }) => operation)).toEqual(['GenerateRandom']);
  });

  test('names the option of the cluster where the cluster is gone', async ({ here }) => {
    const { simulator } = here;
    const cluster = simulator.addCluster();
    const id = simulator.addStore({ CustomKeyStoreName: 'hsm', CloudHsmClusterId: cluster, keys: 1 });
    simulator.cluster(cluster).state = 'DELETED';
    const found = await here.cks('doctor', 'hsm');
    expect(found.json<Found>().next).toEqual([`cks update ${id} --cloud-hsm-cluster-id VALUE`]);
  });

  test('asks for the login by name where kmsuser may be locked out', async ({ here }) => {
    const id = here.simulator.addStore({ CustomKeyStoreName: 'hsm', keys: 1 });
    here.simulator.moveStore(id, 'FAILED', 'USER_LOGGED_IN');
    const found = await here.cks('doctor', 'hsm');
    expect(found.json<Found>().next).toEqual([`cks reconnect ${id} --accept login`]);
  });

  test('names the run that works on the store, and how to stop it', async ({ here }) => {
    here.addExternal();
    const running = here.cks('reconnect', 'xks', '--accept', 'outage', '--yes', '--progress', 'none');
    await expect.poll(() => writes(here.simulator).length).toBeGreaterThan(0);

    const found = (await here.cks('doctor', 'xks')).json<Found>();
    here.clock.scale = 20_000;
    await running;

    const runId = found.atWork?.runId;
    expect(runId).toMatch(/^20/);
    expect(found).toMatchObject({ isWell: false, next: [`cks runs show ${runId}`, `cks stop ${runId}`] });
    expect(found.verdict).toContain('works on it now');
  });

  test("names an armed dead man's switch, and when it fires", async ({ here }) => {
    const id = here.addExternal();
    here.clock.scale = 1;
    const role = ['--dead-mans-switch', 'arn:aws:iam::111122223333:role/connect'];
    const running = here.cks('reconnect', 'xks', '--accept', 'outage', '--yes', '--progress', 'none', ...role);
    const isArmed = () => here.simulator.calls.some(({ operation }) => operation === 'CreateSchedule');
    await expect.poll(() => isArmed()).toBe(true);

    const found = (await here.cks('doctor', 'xks')).json<Found>();
    const text = await here.cks('doctor', 'xks', '--output', 'text');
    here.clock.scale = 20_000;
    await running;

    expect(found.deadMansSwitch).toEqual({ name: `dead-mans-switch-${id}`, firesAt: expect.stringMatching(/^20/) });
    expect(text.stdout.replace(/\s+/g, ' ')).toContain(`Dead man's switch dead-mans-switch-${id} is armed`);
  });
});
