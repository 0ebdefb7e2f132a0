/** Options that no other test gives to the real process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '../../src/cli/options/option-values.ts';
import { flagsOf, optionGroups } from '../../src/cli/options/options.ts';
import type { StoreDescription } from '../../src/simulator/index.ts';
import { type Rehearsal, test } from '../support/command.ts';

const id = 'cks-1234567890abcdef0';
const observe = 'describe-custom-key-stores';

function addCloudHsm({ simulator }: Rehearsal): string {
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
  for (const name of ['one', 'two']) simulator.addKey(id, { AliasName: `alias/${name}` });
  return simulator.describeWorld().clusters[1]?.clusterId ?? '';
}

function addExternal({ simulator }: Rehearsal, description: StoreDescription = {}): void {
  const CustomKeyStoreType = 'EXTERNAL_KEY_STORE';
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreType, ConnectionState: 'CONNECTED', ...description });
}

describe.concurrent('the real process takes', () => {
  test('what a move behind a VPC endpoint service needs', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    addExternal(rehearsal);
    const ended = await run([
      ...['update', id, '--xks-proxy-connectivity', 'VPC_ENDPOINT_SERVICE', '--cli-connect-timeout', '7'],
      ...['--xks-proxy-uri-endpoint', 'https://private.example.com', '--max-disconnect-wait', '7m'],
      ...['--xks-proxy-vpc-endpoint-service-name', 'com.amazonaws.vpce.us-east-1.vpce-svc-example'],
      ...['--xks-proxy-vpc-endpoint-service-owner', '444455556666', '--bake-time', '0'],
      ...['--skip-check', 'endpoint-service', '--skip-check', 'xks-proxy', '--canary-key', 'none'],
      ...['--yes', '--accept', 'outage,unverified-keys,no-rollback'],
    ]);

    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toContain('waiting for DISCONNECTED, usually about 5 minutes, at most 7 min\n');
    expect(ended.json().checks).toContainEqual({
      check: 'xks-proxy',
      status: 'skipped',
      message: 'because of --skip-check',
    });
    expect(simulator.store(id).XksProxyConfiguration).toMatchObject({ VpcEndpointServiceOwner: '444455556666' });
  });

  test('the key that is to be verified', async ({ rehearsal }) => {
    const cluster = addCloudHsm(rehearsal);
    const move = ['update', id, '--cloud-hsm-cluster-id', cluster, '--accept', 'outage', '--yes'];
    const ended = await rehearsal.run([...move, '--canary-key', 'alias/two']);

    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toContain('keys verified: 1 of 2');
  });

  test('the real process takes that what cannot be verified is refused', async ({ rehearsal }) => {
    const cluster = addCloudHsm(rehearsal);
    rehearsal.simulator.failNext('Encrypt', 'AccessDeniedException', { times: 1_000 });
    const move = ['update', id, '--cloud-hsm-cluster-id', cluster, '--accept', 'outage', '--yes'];
    const ended = await rehearsal.run([...move, '--require-key-verification']);

    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
  });

  test('pages, input as YAML, and a log beside them', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    for (const name of ['first', 'second']) simulator.addStore({ CustomKeyStoreName: name });
    const show = ['--query', '[CustomKeyStores[].CustomKeyStoreName, NextMarker]', '--output', 'json'];
    const page = ['--no-cli-pager', '--cli-binary-format', 'base64', ...show];
    const first = await run([observe, '--cli-input-yaml', 'Limit: 1', ...page]);
    const [names, marker] = JSON.parse(first.stdout);
    expect([names, first.stderr]).toEqual([['first'], '']);

    const second = await run([observe, '--limit', '1', '--marker', marker, '--debug', ...page]);
    expect(JSON.parse(second.stdout)).toEqual([['second'], null]);
    expect(second.stderr).toContain('"level":');
  });

  test('what a plan is made of, and a file for it', async ({ rehearsal }) => {
    const { run, folder } = rehearsal;
    const endpoint = 'https://xks.example.com';
    addExternal(rehearsal, { XksProxyUriEndpoint: endpoint });
    const file = join(folder, 'plan.json');
    const ended = await run([
      ...['plan', id, '--xks-proxy-uri-path', '/new/kms/xks/v1', '--xks-proxy-connect-to', `${endpoint}=127.0.0.1:1`],
      ...['--mode', 'offline', '--on-failure', 'hold', '--window', 'Mon-Sun 00:00-24:00 UTC', '--outage-budget', '55m'],
      ...[
        '--max-connect-wait',
        '20m',
        '--fence',
        'never',
        '--dead-mans-switch',
        'arn:aws:iam::111122223333:role/connect-stores',
      ],
      ...['--expect-account', '111122223333', '--out', file, '--detailed-exitcode', '--verbose'],
    ]);

    expect([ended.exitCode, ended.stderr]).toEqual([20, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kind: 'cks-plan' });
  });

  test('a trial connect, and a table that is not there', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const tried = await rehearsal.run(['plan', id, '--xks-proxy-uri-path', '/new/kms/xks/v1', '--trial-connect']);
    expect(tried).toMatchObject({ exitCode: 0 });

    const rename = ['update', id, '--new-custom-key-store-name', 'renamed', '--yes'];
    const locked = await rehearsal.run([...rename, '--lock-table', 'locks'], {
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
    });
    expect(locked.exitCode).toBe(3);
    expect(locked.json().reason).toMatchObject({ code: 'SAFEGUARD_UNAVAILABLE' });
  });

  test('an examination without a use of keys', async ({ rehearsal }) => {
    addExternal(rehearsal, { ConnectionState: 'CONNECTED' });
    expect(await rehearsal.run(['doctor', id, '--no-key-test'])).toMatchObject({ exitCode: 9 });
  });

  test('how a run is told, and what its journal is asked', async ({ rehearsal }) => {
    const { run, folder } = rehearsal;
    addExternal(rehearsal);
    const rename = ['update', id, '--yes', '--progress', 'none', '--new-custom-key-store-name'];
    expect(await run([...rename, 'untold', '--no-journal'])).toMatchObject({ exitCode: 0, stderr: '' });
    const { runId } = (await run([...rename, 'told', '--result-file', join(folder, 'a.json')])).json();
    const files = ['--html', join(folder, 'a.html'), '--markdown', join(folder, 'a.md'), '--json'];

    expect((await run(['runs', 'report', `${runId}`, ...files])).json()).toMatchObject({ runId });
    expect(await run(['runs', 'prune', '--older-than', '1h'])).toMatchObject({ exitCode: 0 });
    expect(await run(['resume', '--roll-back'])).toMatchObject({ exitCode: 2 });
  });

  test('what a policy is for', async ({ rehearsal: { run } }) => {
    const role = ['--dead-mans-switch', 'arn:aws:iam::111122223333:role/connect-stores'];
    const secret = ['--secret', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:password-AbCdEf'];
    const words = [
      '--type',
      'AWS_CLOUDHSM',
      '--without',
      'key-verification',
      '--account',
      '111122223333',
      ...role,
      ...secret,
    ];
    expect(await run(['iam-policy', ...words])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run(['iam-policy', '--read-only', '--lambda-function', 'cks'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  test('a store by its name, input as JSON, and a wait for the end', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    addCloudHsm(rehearsal);
    const shown = await run([observe, '--custom-key-store-name', 'hsm', '--cli-input-json', '{"Limit":1}']);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    const disconnect = ['disconnect-custom-key-store', '--custom-key-store-id', id, '--accept', 'outage', '--wait'];
    expect(await run(disconnect)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTED');
  });

  test('a hold with a limit, a wanted state, and how long a store may be offline', async ({ rehearsal }) => {
    addCloudHsm(rehearsal);
    const rotate = ['update', id, '--key-store-password', 'env:NEW', '--accept', 'outage,no-rollback', '--yes'];
    const held = await rehearsal.run(
      [...rotate, '--final-state', 'restore', '--hold-offline', '--hold-timeout', '1s'],
      { NEW: 'new-password' },
    );
    expect(held).toMatchObject({ exitCode: 4 });
    expect(held.json().reason).toMatchObject({ code: 'HOLD_EXPIRED' });
    expect(await rehearsal.run(['runs', 'check', '--max-offline', '1h'])).toMatchObject({ exitCode: 0 });
  });

  test('a fence around the keys of an external key store, and its canary key', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const created = await rehearsal.run(['canary', 'key', 'create', id, '--xks-key-id', 'canary-1']);
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const policy = await rehearsal.run(['iam-policy', '--fence', '--canary-key']);
    expect(policy.stdout).toContain('kms:CreateAlias');
    rehearsal.simulator.addKey(id, { AliasName: 'alias/pay' });
    const endpoint = 'https://new.xks.example.com';
    rehearsal.simulator.addProxy({ endpoint });
    // Where the new settings are never connected, the keys wait for no host of KMS.
    rehearsal.simulator.failNextConnect(id, 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
    const ended = await rehearsal.run([
      ...['update', id, '--xks-proxy-uri-endpoint', endpoint, '--fence', 'always', '--yes'],
      ...['--skip-check', 'xks-proxy', '--skip-check', 'external-keys', '--skip-check', 'same-keys'],
      ...['--accept', 'outage,unverified-keys,no-rollback,disable-keys'],
    ]);

    expect(ended).toMatchObject({ exitCode: 4 });
    expect(ended.json()).toMatchObject({ fence: { keys: [{ state: 'enabled', evidence: 'canary key' }] } });
  });

  test('what the simulator begins with', async ({ rehearsal }) => {
    const listed = await rehearsal.run(['simulator', '--list']);
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });

    const proxies = ['--xks-proxy-port', '0', '--xks-proxy-tls', '--lenient-patterns'];
    const map = ['--xks-proxy-map', 'https://proxy.example.com=http://127.0.0.1:1'];
    const worlds = [
      ['--scenario', 'rotated-credential', '--time-scale', '10'],
      ['--stores', '--seed', '7'],
    ];
    for (const world of worlds) {
      const words = ['simulator', '--port', '0', '--region', 'eu-west-1', ...world, ...proxies, ...map];
      const { process: server, ended } = rehearsal.start(words);
      server.stdout?.on('data', (chunk) => String(chunk).includes('certificate') && server.kill('SIGINT'));
      const { stdout, exitCode } = await ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain('eu-west-1');
    }
  });

  test('a quiet moment that is asked for, and the impact in the form that is asked for', async ({ rehearsal }) => {
    addCloudHsm(rehearsal);
    const { run, simulator, clock } = rehearsal;
    clock.scale = 1;
    simulator.call('Encrypt', { KeyId: 'alias/one', Plaintext: 'AA==' });
    const refused = await run(['reconnect', id, '--min-quiet', '5m', '--accept', 'outage', '--yes']);
    const impact = await run(['impact', id, '--format', 'markdown']);

    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.json().reason).toMatchObject({
      message: expect.stringContaining('alias/one was used'),
    });
    expect(impact).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('| alias/one |') });
    const policy = await run(['iam-policy', '--impact', '--read-only']);
    expect(policy.stdout).toContain('cloudtrail:LookupEvents');
  });
});

it('stands in a test of the real process, each option that there is', () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const inProcesses = /import \{[^}]*(?<! as )\b(test|rehearseHere)\b[^}]*\} from '\S+\/support\/command\.ts'/;
  const tests = texts.filter((text) => inProcesses.test(text)).join('\n');
  const commands = Object.keys(optionGroups) as (keyof typeof optionGroups)[];
  const flags = [...new Set(commands.flatMap(flagsOf))];

  expect(flags.filter((flag) => !new RegExp(`['"\`]${flag}['"\`= ]`).test(tests))).toEqual([]);
});

it('a mistyped option name is an error of the compiler', () => {
  // @ts-expect-error: it is state-dir.
  expect(readText({}, 'sate-dir')).toBe(undefined);
});
