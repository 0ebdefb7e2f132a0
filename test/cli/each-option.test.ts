/** Options that no other test gives to the real process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagsOf, optionGroups } from '../../src/cli/options.ts';
import { type Rehearsal, test } from '../support/rehearsal.ts';

const id = 'cks-1234567890abcdef0';
const look = 'describe-custom-key-stores';

function addCloudHsm({ simulator }: Rehearsal): string {
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
  for (const name of ['one', 'two']) simulator.addKey(id, { AliasName: `alias/${name}` });
  return simulator.describeWorld().clusters[1]?.clusterId ?? '';
}

describe.concurrent('the real process takes', { timeout: 60_000 }, () => {
  test('what a move behind a VPC endpoint service needs', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore({
      CustomKeyStoreId: id,
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      ConnectionState: 'CONNECTED',
    });
    const ended = await run([
      ...['update', id, '--xks-proxy-connectivity', 'VPC_ENDPOINT_SERVICE', '--cli-connect-timeout', '7'],
      ...['--xks-proxy-uri-endpoint', 'https://private.example.com', '--disconnect-deadline', '7m'],
      ...['--xks-proxy-vpc-endpoint-service-name', 'com.amazonaws.vpce.us-east-1.vpce-svc-example'],
      ...['--xks-proxy-vpc-endpoint-service-owner', '444455556666', '--proof-dwell', '0'],
      ...['--skip-check', 'endpoint-service', '--skip-check', 'xks-proxy', '--canary-key', 'none'],
      ...['--yes', '--accept', 'outage,unproven-keys,no-rollback'],
    ]);

    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toContain('waiting for DISCONNECTED, usually about 5 minutes, at most 7 min\n');
    expect(ended.json().checks).toContainEqual({
      check: 'xks-proxy',
      status: 'skipped',
      message: 'left out by --skip-check',
    });
    expect(simulator.store(id).XksProxyConfiguration).toMatchObject({ VpcEndpointServiceOwner: '444455556666' });
  });

  test('the key that is to be proven', async ({ rehearsal }) => {
    const cluster = addCloudHsm(rehearsal);
    const move = ['update', id, '--cloud-hsm-cluster-id', cluster, '--accept', 'outage', '--yes'];
    const ended = await rehearsal.run([...move, '--canary-key', 'alias/two']);

    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toContain('proof: proven, 1 of 2 keys');
  });

  test('that what cannot be proven is refused', async ({ rehearsal }) => {
    const cluster = addCloudHsm(rehearsal);
    rehearsal.simulator.failNext('Encrypt', 'AccessDeniedException', { times: 1_000 });
    const move = ['update', id, '--cloud-hsm-cluster-id', cluster, '--accept', 'outage', '--yes'];
    const ended = await rehearsal.run([...move, '--require-proof']);

    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
  });

  test('pages, input as YAML, and a log beside them', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    for (const name of ['first', 'second']) simulator.addStore({ CustomKeyStoreName: name });
    const show = ['--query', '[CustomKeyStores[].CustomKeyStoreName, NextMarker]', '--output', 'json'];
    const page = ['--no-cli-pager', '--cli-binary-format', 'base64', ...show];
    const first = await run([look, '--cli-input-yaml', 'Limit: 1', ...page]);
    const [names, marker] = JSON.parse(first.stdout);
    expect([names, first.stderr]).toEqual([['first'], '']);

    const second = await run([look, '--limit', '1', '--marker', marker, '--debug', ...page]);
    expect(JSON.parse(second.stdout)).toEqual([['second'], null]);
    expect(second.stderr).toContain('"level":');
  });

  test('what the simulator begins with', async ({ rehearsal }) => {
    const listed = await rehearsal.run(['simulator', '--list']);
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });

    const words = ['--scenario', 'rotated-credential', '--port', '0', '--time-scale', '10', '--region', 'eu-west-1'];
    const proxies = ['--xks-proxy-port', '0', '--xks-proxy-tls', '--lenient-patterns'];
    const { process: server, ended } = rehearsal.start(['simulator', ...words, ...proxies]);
    server.stdout?.on('data', (chunk) => String(chunk).includes('certificate') && server.kill('SIGINT'));
    const { stdout, exitCode } = await ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('eu-west-1');
  });
});

it('stands in a test, each option that there is', () => {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const tests = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const commands = Object.keys(optionGroups) as (keyof typeof optionGroups)[];
  const flags = [...new Set(commands.flatMap(flagsOf))];

  expect(flags.filter((flag) => !new RegExp(`['"\`]${flag}['"\`= ]`).test(tests))).toEqual([]);
});
