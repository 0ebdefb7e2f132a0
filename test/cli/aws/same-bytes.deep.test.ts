/** What the long names write is, byte for byte, what version 1 of the AWS CLI writes for the same words. */
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { type Rehearsal, test } from '../../support/command.ts';
import { runHere, stubSurroundings } from '../../support/in-process.ts';
import { isDeep } from '../../support/sampling.ts';

const hasAws = /^aws-cli\/1\./.test(spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '');

const describeStores = 'describe-custom-key-stores';

/** Written by the AWS CLI against the simulator of a trial connect. */
function aws({ environment, folder, url }: Rehearsal, words: readonly string[], config = ''): Promise<string> {
  const file = join(folder, 'aws-config');
  writeFileSync(file, `[default]\ncli_follow_urlparam = false\n${config}`);
  const own = { AWS_CONFIG_FILE: file, AWS_DEFAULT_REGION: 'us-east-1', PYENV_VERSION: process.env.PYENV_VERSION };
  const all = ['kms', ...words, '--endpoint-url', url];
  return new Promise((resolve, reject) => {
    execFile('aws', all, { env: { ...environment, ...own } }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    );
  });
}

async function cks({ url }: Rehearsal, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runHere([...words, '--endpoint-url', url]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return stdout;
}

/** One of each kind, with everything that Describe can show and a name wider than it is long. */
function addStores({ simulator }: Rehearsal): void {
  simulator.addStore({ CustomKeyStoreName: 'Schlüssel 鍵', ConnectionState: 'CONNECTED' });
  simulator.addStore({ ConnectionState: 'FAILED', ConnectionErrorCode: 'USER_LOCKED_OUT' });
  simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
  });
}

async function expectSame(rehearsal: Rehearsal, words: readonly string[]): Promise<void> {
  const [ours, theirs] = await Promise.all([cks(rehearsal, words), aws(rehearsal, words)]);
  expect([words, ours]).toEqual([words, theirs]);
}

const rows = 'CustomKeyStores[].[CustomKeyStoreName,ConnectionErrorCode,CreationDate]';
const objects = 'CustomKeyStores[].{name:CustomKeyStoreName,proxy:XksProxyConfiguration}';
const queries = {
  json: [objects, 'CustomKeyStores[?ConnectionState==`FAILED`] | [0]', 'nothing'],
  text: [rows, objects, 'CustomKeyStores[].CustomKeyStoreId', 'nothing'],
  table: [rows, objects, 'CustomKeyStores[1]', 'length(CustomKeyStores)'],
} as const;

beforeAll(stubSurroundings);

describe.skipIf(!hasAws)('the AWS CLI and cks', () => {
  test.for(isDeep ? (['json', 'text', 'table'] as const) : (['table'] as const))(
    'write the same %s',
    async (output, { rehearsal }) => {
      const observe = [describeStores, '--output', output];
      await expectSame(rehearsal, observe);
      addStores(rehearsal);
      await expectSame(rehearsal, observe);
      for (const query of queries[output]) await expectSame(rehearsal, [...observe, '--query', query, '--color', 'on']);
    },
  );

  test.for(isDeep ? ['json', 'text'] : [])('turn the same pages as %s', async (output, { rehearsal }) => {
    addStores(rehearsal);
    const observe = [describeStores, '--output', output];
    for (const page of [['--page-size', '1', '--max-items', '2'], ['--limit', '2'], ['--no-paginate']]) {
      await expectSame(rehearsal, [...observe, ...page]);
    }
    const { NextToken } = JSON.parse(await cks(rehearsal, [describeStores, '--max-items', '2']));
    await expectSame(rehearsal, [...observe, '--starting-token', NextToken, '--page-size', '2']);
  });

  test('write the same dates in ISO 8601, where the configuration says so', async ({ rehearsal }) => {
    addStores(rehearsal);
    const words = [describeStores, '--query', 'CustomKeyStores[].CreationDate', '--output', 'text'];
    const config = 'cli_timestamp_format = iso8601\n';
    const theirs = await aws(rehearsal, words, config);
    const ours = await rehearsal.run(words, { AWS_CONFIG_FILE: join(rehearsal.folder, 'aws-config') });
    expect(ours).toMatchObject({ exitCode: 0, stdout: theirs, stderr: '' });
  });

  test('print the same skeletons', async ({ rehearsal }) => {
    const update = ['update-custom-key-store', '--generate-cli-skeleton'];
    // The AWS CLI takes one of the two connectivities by chance.
    const theirs = (await aws(rehearsal, update)).replace('VPC_ENDPOINT_SERVICE', 'PUBLIC_ENDPOINT');
    expect(await cks(rehearsal, update)).toBe(theirs);
    await expectSame(rehearsal, [...update, 'output', '--custom-key-store-id', 'cks-1']);
    await expectSame(rehearsal, [describeStores, '--generate-cli-skeleton', 'input']);
    await expectSame(rehearsal, ['connect-custom-key-store', '--generate-cli-skeleton']);
  });

  test('write nothing for what changes a store, and for a query null', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    const id = simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'CONNECTED' });
    const rename = (name: string) => [
      ...['update-custom-key-store', '--custom-key-store-id', id],
      ...['--new-custom-key-store-name', name],
    ];
    expect(await run(rename('first'))).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await aws(rehearsal, rename('second'))).toBe('');
    const query = ['--query', 'nothing'];
    const { stdout } = await run([...rename('third'), ...query]);
    expect(stdout).toBe(await aws(rehearsal, [...rename('fourth'), ...query]));
  });
});
