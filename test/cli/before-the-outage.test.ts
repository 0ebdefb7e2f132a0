/** What cks finds out before it takes a store offline, because it would be found out offline else. */
import { beforeAll, describe, expect, vi } from 'vitest';
import { type Here, test } from '../support/command-over-http.ts';
import { stubSurroundings } from '../support/in-process.ts';
import { newCredential, newEndpoint } from '../support/stores.ts';

beforeAll(stubSurroundings);

interface Told {
  readonly outcome?: string;
  readonly reason?: { readonly code: string; readonly message: string };
  readonly checks: readonly { readonly check: string; readonly status: string; readonly message: string }[];
  readonly missing: readonly string[];
}

const hour = 3_600_000;

/** Calls that KMS accepted and that changed a store. */
const writes = ({ simulator }: Here, id: string) =>
  simulator.calls.filter(
    ({ operation, input }) => /^(Update|Connect|Disconnect)/.test(operation) && JSON.stringify(input).includes(id),
  );

describe.concurrent('before the outage', () => {
  test('a cluster that lacks keys of the store is refused until missing-keys is accepted by name', async ({ here }) => {
    const { simulator, clock, cks } = here;
    const blue = simulator.addCluster();
    const old = simulator.addCluster({ restoredFrom: blue, backupAtMs: clock() - 72 * hour });
    const id = simulator.addStore({
      CustomKeyStoreName: 'ledger',
      CloudHsmClusterId: blue,
      ConnectionState: 'CONNECTED',
      keys: [
        { AliasName: 'alias/new', CreationDate: (clock() - hour) / 1000 },
        { AliasName: 'alias/old', CreationDate: (clock() - 200 * hour) / 1000 },
      ],
    });
    const move = ['ledger', '--cloud-hsm-cluster-id', old];

    const refused = await cks('update', ...move, '--accept', 'outage', '--yes');
    const plan = await cks('plan', ...move, '--output', 'text');

    expect(refused.exitCode).toBe(3);
    expect(refused.json<Told>()).toMatchObject({ outcome: 'refused', reason: { code: 'CONSENT_MISSING' } });
    expect(refused.stderr).toContain('--accept missing-keys');
    expect(writes(here, id)).toEqual([]);
    expect(plan.stdout.replace(/\s+/g, ' ')).toMatch(
      /missing-keys the new cluster lacks keys of the store: .* cannot return to the old cluster .* 1 of 2 keys are younger than the backup/,
    );
  });

  test.for(['MODIFY_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'] as const)(
    'a reconnect is refused while the cluster is %s',
    async (state, { here }) => {
      const { simulator, cks } = here;
      const cluster = simulator.addCluster({ state: state as 'MODIFY_IN_PROGRESS' });
      const id = simulator.addStore({
        CustomKeyStoreName: 'ledger',
        CloudHsmClusterId: cluster,
        ConnectionState: 'CONNECTED',
        keys: 2,
      });
      const refused = await cks('reconnect', 'ledger', '--accept', 'outage', '--yes');
      expect(refused.exitCode).toBe(3);
      expect(refused.json<Told>().reason).toMatchObject({
        code: 'CHECK_FAILED',
        message: expect.stringContaining(`${cluster} is ${state}`),
      });
      expect(writes(here, id)).toEqual([]);
    },
  );

  test.for<[string, readonly string[], string]>([
    ['an endpoint', ['--xks-proxy-uri-endpoint', 'https://xks_b.example.com'], 'xksProxyUriEndpoint'],
    ['a path', ['--xks-proxy-uri-path', '/a.b/kms/xks/v1', '--mode', 'offline'], 'xksProxyUriPath'],
    [
      'the id of a credential',
      [
        '--xks-proxy-authentication-credential',
        'AccessKeyId=NEWKEYNEWKEYNEWKEY01,RawSecretAccessKey=env:NEW',
        '--mode',
        'offline',
      ],
      'accessKeyId',
    ],
  ])('%s whose form KMS refuses is found out', async ([, change, member], { here }) => {
    const id = here.addExternal();
    const accepted = 'outage,unverified-keys,unknown:xks-proxy,no-rollback';
    const refused = await here.cks('update', 'xks', ...change, '--accept', accepted, '--yes');

    expect(refused.exitCode).toBe(3);
    expect(refused.json<Told>().reason).toMatchObject({
      code: 'CHECK_FAILED',
      message: expect.stringMatching(new RegExp(`permissions: KMS refuses the new values: .*${member}`, 'i')),
    });
    expect(writes(here, id)).toEqual([]);
    // The probe holds what is sent later, and never a secret.
    const [probe] = here.simulator.calls.filter(({ operation }) => operation === 'UpdateCustomKeyStore');
    expect(JSON.stringify(probe?.input)).not.toContain(newCredential.RawSecretAccessKey);
  });

  test('an endpoint that differs only in case is said to be no change', async ({ here }) => {
    here.addExternal();
    const plan = await here.cks(
      'plan',
      'xks',
      '--xks-proxy-uri-endpoint',
      'https://OLD.xks.example.com',
      '--output',
      'text',
    );
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout.replace(/\s+/g, ' ')).toContain(
      'XksProxyUriEndpoint "https://OLD.xks.example.com" differs from the one in force, "https://old.xks.example.com", only in upper and lower case. Host names ignore case, so nothing would change',
    );
  });

  test('a password with a space or a quote is shown with what a wrong one costs', async ({ here }) => {
    vi.stubEnv('PASSWORD', '"new pass1"');
    here.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'DISCONNECTED', keys: 1 });
    const plan = await here.cks('plan', 'hsm', '--key-store-password', 'env:PASSWORD', '--output', 'text');
    expect(plan.stdout.replace(/\s+/g, ' ')).toMatch(
      /Warning KeyStorePassword holds a space, a quote .* each Connect with a wrong one costs a login, and five bad logins lock kmsuser/,
    );
    expect(plan.stdout).not.toContain('new pass1');
  });

  test('a plan and a check say no where an update could not verify keys afterwards', async ({ here }) => {
    here.addExternal({ ConnectionState: 'DISCONNECTED' });
    const words = ['xks', '--final-state', 'connected', '--require-key-verification'];
    for (const command of ['plan', 'check', 'update'] as const) {
      const { exitCode, json } = await here.cks(command, ...words, ...(command === 'update' ? ['--yes'] : []));
      expect([command, exitCode, json<Told>().reason?.code]).toEqual([command, 3, 'KEYS_NOT_VERIFIABLE']);
    }
  });

  test('a plan says no where this identity may use no key, and yes with what only a run finds out', async ({
    here,
  }) => {
    here.addExternal();
    const words = ['plan', 'xks', '--xks-proxy-uri-endpoint', newEndpoint, '--require-key-verification'];
    here.simulator.failNext('Encrypt', 'AccessDeniedException', { times: 2 });
    const denied = await here.cks(...words);
    const able = await here.cks(...words);

    expect(denied.exitCode).toBe(3);
    expect(denied.json<Told>().reason).toMatchObject({
      code: 'KEYS_NOT_VERIFIABLE',
      message: expect.stringContaining('this AWS identity may not use 2 of 2 keys: AccessDeniedException'),
    });
    expect(able.exitCode).toBe(0);
    expect(able.json<{ runOnlyChecks: unknown }>().runOnlyChecks).toEqual([
      'whether its lock can be taken',
      'whether this AWS identity may disconnect, connect and update a store, and whether KMS takes the form of the values',
      'whether its keys encrypt and decrypt canaries now',
    ]);
  });

  test('a plan and a check say no while a run works on the store', async ({ here }) => {
    here.addExternal();
    const running = here.cks('reconnect', 'xks', '--accept', 'outage', '--yes', '--progress', 'none');
    const isOffline = () => here.simulator.describeWorld().stores[0]?.ConnectionState !== 'CONNECTED';
    await expect.poll(() => isOffline()).toBe(true);
    here.simulator.moveStore(here.simulator.describeWorld().stores[0]?.CustomKeyStoreId ?? '', 'DISCONNECTED');
    const plan = await here.cks('plan', 'xks', '--new-custom-key-store-name', 'other');
    here.clock.scale = 20_000;
    await running;
    expect([plan.exitCode, plan.json<Told>().reason?.code]).toEqual([3, 'LOCKED']);
  });
});
