/** `cks doctor` and `cks check`: what they say of a store, and that they change nothing. */
import { beforeAll, describe, expect } from 'vitest';
import type { Simulator } from '../../src/simulator/index.ts';
import { type Here, test } from '../support/command-over-http.ts';
import { leaveHeld, stubSurroundings } from '../support/in-process.ts';
import { newCredential, newEndpoint, oldEndpoint } from '../support/stores.ts';

/** What it takes to sign for the proxy of a store. */
const signing = [
  '--previous-xks-proxy-authentication-credential',
  'AccessKeyId=OLDKEYOLDKEYOLDKEYOL,RawSecretAccessKey=env:OLD',
];

beforeAll(stubSurroundings);

/** As much of what the commands tell as is looked at here. */
interface Found {
  readonly checks: readonly { readonly check: string; readonly status: string; readonly message: string }[];
  readonly next: readonly string[];
  readonly offline: { readonly since: string; readonly runId: string } | null;
}

/** `xks-proxy passed`, in the order of the checks. */
const statuses = ({ checks }: Found) => checks.map(({ check, status }) => `${check} ${status}`);

/** What was called beyond reads and the uses of keys. */
const changes = ({ calls }: Simulator) =>
  calls
    .map(({ operation }) => operation)
    .filter((operation) => !/^(Describe|List|Get|Encrypt$|Decrypt$)/.test(operation));

describe.concurrent('cks doctor', () => {
  test('says of a store whose keys work what it used, and asks its proxy where it may sign', async ({ here }) => {
    here.addExternal();

    const found = await here.cks('doctor', 'xks', ...signing);

    expect(found).toMatchObject({ exitCode: 0, stderr: '' });
    expect(found.json<Found>()).toMatchObject({
      isWell: true,
      verdict: 'keys work: cks tested 2 of 2 keys, with a fresh Encrypt and Decrypt',
      keys: { inStore: 2, hidden: 0 },
      offline: null,
      next: [],
    });
    expect(statuses(found.json<Found>())).toEqual(['xks-proxy warned', 'external-keys passed']);
    expect(changes(here.simulator)).toEqual([]);
  });

  test('says what a sick proxy would do to another connect, and that it could not ask without a credential', async ({
    here,
  }) => {
    const id = here.addExternal();
    Object.assign(here.simulator.proxy(oldEndpoint), { ekm: ['UNAVAILABLE'] });

    const found = await here.cks('doctor', 'xks', ...signing);
    const unsigned = await here.cks('doctor', 'xks', '--output', 'text');

    expect(found.exitCode).toBe(3);
    expect(found.json<Found>()).toMatchObject({
      isWell: false,
      verdict:
        'it is CONNECTED, but 2 of 2 tested keys do not work; xks-proxy found why another connect would fail too',
      next: [`cks check ${id}`],
      checks: [{ check: 'xks-proxy', message: expect.stringContaining('1 UNAVAILABLE') }, { status: 'passed' }],
    });
    expect(unsigned.exitCode).toBe(3);
    expect(unsigned.stdout.replace(/\s+/g, ' ')).toMatch(/Keys 2 keys .* needs the proxy credential/);
  });

  test('says so where the credential is not the one in force', async ({ here }) => {
    here.addExternal({ XksProxyAuthenticationCredential: newCredential });
    const found = await here.cks('doctor', 'xks', ...signing);
    expect(found.stderr).toMatch(
      /^cks: the previous credential is not the one in force: OLDKEYOLDKEYOLDKEYOL, not NEW/,
    );
    expect(found.json<Found>()).toMatchObject({ isWell: false, reason: { code: 'PREVIOUS_CREDENTIAL_UNKNOWN' } });
  });

  test('names cause, fault and remedy of a store that FAILED, and what must be fixed first', async ({ here }) => {
    const id = here.addExternal();
    here.simulator.moveStore(id, 'FAILED', 'XKS_PROXY_NOT_REACHABLE');
    Object.assign(here.simulator.proxy(oldEndpoint), { answer: 'internalError' });

    const found = await here.cks('doctor', 'xks', ...signing);

    expect(found.exitCode).toBe(3);
    expect(found.json<Found>()).toMatchObject({
      verdict: 'its last connect failed, and no key in it can be used; what xks-proxy found must be fixed first',
      error: {
        code: 'XKS_PROXY_NOT_REACHABLE',
        fault: 'XKS proxy',
        cause: expect.any(String),
        remedy: expect.any(String),
      },
      keys: { inStore: 2, hidden: 0 },
      // No journal knows of it.
      offline: null,
      next: [`cks reconnect ${id}`],
    });
  });

  test.for([
    ['DISCONNECTED', 'it is DISCONNECTED, and no key in it can be used', 'cks reconnect ID'],
    ['CONNECTING', 'it is CONNECTING: wait until KMS has finished', 'cks doctor ID'],
    ['DISCONNECTING', 'it is DISCONNECTING: wait until KMS has finished', 'cks doctor ID'],
  ] as const)('says what to type next for a store that is %s', async ([state, verdict, next], { here }) => {
    const { simulator, cks } = here;
    const id = simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: state, keys: 3 });

    const found = await cks('doctor', 'hsm', '--output', 'text');

    expect(found.exitCode).toBe(3);
    expect(found.stdout).toContain(` Verdict  ${verdict}\n  Keys     3 keys, unusable\n`);
    expect(found.stdout).toContain(`Once fixed, run:\n    ${next.replace('ID', id)}\n`);
  });

  test('counts the dead keys since the run that took the store offline', async ({ here }) => {
    const { simulator, clock, cks } = here;
    const id = here.addExternal();
    clock.scale = 20_000;
    simulator.failNextConnect(id, 'XKS_PROXY_NOT_REACHABLE');
    simulator.failNext('Encrypt', 'AccessDeniedException', { times: 9 });
    const reconnect = ['reconnect', 'xks', '--accept', 'outage', '--yes', ...signing];

    const stranded = await cks(...reconnect);
    const failed = (await cks('doctor', 'xks')).json<Found>();
    const { stdout } = await cks('doctor', 'xks', '--output', 'text');

    expect(stranded.exitCode).toBe(5);
    expect(stranded.stderr).toContain(
      'cks will not be able to verify keys: 2 of 2 keys gave no canary: AccessDeniedException, ',
    );
    expect(failed.offline).toEqual({ since: expect.stringMatching(/^20/), runId: expect.stringMatching(/^20/) });
    expect(failed.next).toEqual([`cks resume ${failed.offline?.runId}`, `cks reconnect ${id}`]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      ` now (since ${failed.offline?.since}, run ${failed.offline?.runId})`,
    );
    expect(stdout).toContain('2 keys, unusable, for ');
  });

  test('has the run gone on with that left the store offline', async ({ here }) => {
    const { clock, cks } = here;
    here.addExternal();
    clock.scale = 20_000;
    const change = { NewCustomKeyStoreName: 'renamed' };
    const where = { customKeyStoreId: 'xks', stateDirectory: here.state };

    const runId = await leaveHeld(here, { ...where, change, mode: 'offline', holdOffline: true });
    const found = (await cks('doctor', 'xks')).json<Found>();

    expect(found).toMatchObject({
      verdict: expect.stringMatching(/^run \S+ has not ended, and left it DISCONNECTED$/),
      next: [`cks resume ${runId}`],
    });
  });

  test('ends with 3 where there is no such store', async ({ here }) => {
    const found = await here.cks('doctor', 'other');
    expect(found).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^cks: no custom key store "other" in us-/),
    });
    expect(found.json<Found>()).toMatchObject({ store: null, isWell: false, keys: null, next: ['cks describe'] });
  });
});

const move = ['--xks-proxy-uri-endpoint', newEndpoint];

describe.concurrent('cks check', () => {
  test('names the words that an update takes, and proves the keys of one that moves', async ({ here }) => {
    const { simulator, cks } = here;
    here.addExternal();
    simulator.addProxy({ endpoint: newEndpoint });

    const bare = await cks('check', 'xks');
    const blind = await cks('check', 'xks', ...move);
    const seeing = await cks('check', 'xks', ...move, ...signing);

    expect([bare.exitCode, blind.exitCode, seeing.exitCode]).toEqual([0, 0, 0]);
    expect(bare.json<Found>()).toMatchObject({ verdict: 'proceed', missing: ['outage'] });
    expect(blind.json<Found>()).toMatchObject({ missing: ['outage', 'unverified-keys', 'unknown:xks-proxy'] });
    expect(seeing.json<Found>()).toMatchObject({ missing: ['outage'] });
    expect(statuses(seeing.json<Found>())).toEqual([
      'credentials passed',
      'unfinished-runs passed',
      'keys passed',
      'clashes passed',
      'xks-proxy warned',
      'external-keys passed',
      'same-keys passed',
    ]);
    expect(changes(simulator)).toEqual([]);
  });

  test.for<[string, (here: Here) => readonly string[], string]>([
    [
      'a proxy that KMS would not take',
      ({ simulator }) => {
        simulator.addProxy({ endpoint: newEndpoint, answer: 'redirect' });
        return ['xks', ...move, ...signing];
      },
      'xks-proxy: https://new.xks.example.com: it redirects (307), and KMS follows none',
    ],
    [
      'other keys',
      ({ simulator }) => {
        simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
        return ['xks', ...move, ...signing];
      },
      'same-keys: 2 external keys of 2 not the same there: what was encrypted before could not be decrypted',
    ],
    [
      'a cluster that is not related',
      ({ simulator }) => ['hsm', '--cloud-hsm-cluster-id', simulator.describeWorld().clusters[2]?.clusterId ?? ''],
      'is not related to',
    ],
    ['a name that is taken', () => ['hsm', '--new-custom-key-store-name', 'xks'], 'clashes: the name is that of cks-'],
  ])('says that an update to %s would be refused', async ([, arrange, why], { here }) => {
    here.addExternal();
    here.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
    const words = arrange(here);

    const found = await here.cks('check', ...words);

    expect(found.exitCode).toBe(3);
    expect(found.json<Found>()).toMatchObject({
      verdict: 'refused',
      reason: { code: 'CHECK_FAILED', message: expect.stringContaining(why) },
    });
    expect(changes(here.simulator)).toEqual([]);
  });

  test('looks at a store in any state, and says where a run could not begin', async ({ here }) => {
    const { simulator, cks } = here;
    const id = simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED', keys: 1 });
    const observed: unknown[] = [];
    for (const [state, code] of [
      ['DISCONNECTED'],
      ['FAILED', 'INVALID_CREDENTIALS'],
      ['FAILED', 'NETWORK_ERRORS'],
      ['CONNECTING'],
    ] as const) {
      simulator.moveStore(id, state, code);
      const { exitCode, json } = await cks('check', 'hsm', '--skip-check', 'cluster-network');
      const { verdict, missing, reason } = json<Found>() as unknown as Record<string, unknown>;
      observed.push([exitCode, verdict, missing, (reason as { code?: string } | undefined)?.code]);
      expect(statuses(json<Found>()).filter((line) => !line.startsWith('keys '))).toEqual([
        'credentials passed',
        'unfinished-runs passed',
        'cloudhsm-cluster passed',
        'cluster-network skipped',
      ]);
    }
    expect(observed).toEqual([
      [0, 'proceed', [], undefined],
      [0, 'proceed', ['login'], undefined],
      [0, 'proceed', [], undefined],
      [3, 'refused', [], 'STORE_NOT_SETTLED'],
    ]);
    expect(changes(simulator)).toEqual([]);
  });

  test('ends with 3 where there is no such store, and names what is missing in text', async ({ here }) => {
    here.addExternal();
    const none = await here.cks('check', 'other');
    const text = await here.cks('check', 'xks', ...move, '--output', 'text');
    expect(none).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no custom key store "other"') });
    expect(text.stdout).toMatch(
      /To proceed +add --accept outage,unverified-keys,unknown:xks-proxy\n {2}Only a run shows /,
    );
  });
});
