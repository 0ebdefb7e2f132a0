/** How AWS is reached, as the options, the environment and the configuration of the AWS CLI say it. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { beforeAll, describe, expect, vi } from 'vitest';
import { addDefaults } from '../../../src/cli/aws/config.ts';
import { createSelfSigned } from '../../../src/simulator/xks-server/self-signed.ts';
import { test } from '../../support/command.ts';
import { runHere, stubSurroundings } from '../../support/in-process.ts';
import { keep, listen } from '../../support/servers.ts';

beforeAll(stubSurroundings);

const observe = ['describe-custom-key-stores', '--query', 'CustomKeyStores[].CustomKeyStoreName'];

describe('the way to AWS', () => {
  test('trusts a certificate that was named, any where none is verified, and no other', async ({ rehearsal }) => {
    const { cert, key } = createSelfSigned();
    const bundle = join(rehearsal.folder, 'ca.pem');
    writeFileSync(bundle, cert);
    const server = createServer({ cert, key }, (_, response) => {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end('{"CustomKeyStores":[{"CustomKeyStoreName":"behind TLS"}],"Truncated":false}');
    });
    const { port } = keep(await listen(server));
    const words = [...observe, '--output', 'text', '--endpoint-url', `https://localhost:${port}`];
    const trusted = { exitCode: 0, stdout: 'behind TLS\n', stderr: '' };
    expect(await runHere([...words, '--ca-bundle', bundle])).toEqual(trusted);
    expect(await runHere(words, { AWS_CA_BUNDLE: bundle })).toEqual(trusted);
    expect(await runHere([...words, '--no-verify-ssl', '--cli-read-timeout', '0'])).toEqual(trusted);
    expect(await runHere(words)).toMatchObject({ exitCode: 3, stdout: '' });
  });

  test('signs nothing where that is asked for', async ({ rehearsal: { url } }) => {
    const told = await runHere([...observe, '--no-sign-request', '--endpoint-url', url]);
    expect(told).toMatchObject({ exitCode: 3, stdout: '' });
    expect(told.stderr).toMatch(/^cks: the stores could not be described: Missing Authentication Token\n/);
  });

  test('takes format, Region and profile from where the AWS CLI looks, unless an option says them', async ({
    rehearsal: { folder },
  }) => {
    const config = join(folder, 'config');
    writeFileSync(config, '[default]\noutput = text\n[profile ops]\noutput = yaml\nca_bundle = /ca\n');
    vi.stubEnv('AWS_CONFIG_FILE', config);
    const defaults = (env: NodeJS.ProcessEnv, given = {}) => addDefaults(env, given);

    expect(await defaults({})).toEqual({ output: 'text' });
    expect(await defaults({ AWS_DEFAULT_OUTPUT: 'table' })).toEqual({ output: 'table' });
    expect(await defaults({ AWS_DEFAULT_OUTPUT: 'table' }, { output: 'json' })).toEqual({ output: 'json' });
    const ops = { profile: 'ops', output: 'yaml', 'ca-bundle': '/ca' };
    expect(await defaults({ AWS_PROFILE: 'ops', AWS_DEFAULT_PROFILE: 'other' })).toEqual(ops);
    expect(await defaults({ AWS_PROFILE: 'other' }, { profile: 'ops' })).toEqual(ops);
    expect(await defaults({ AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({ output: 'text', region: 'eu-west-1' });
    expect(await defaults({ AWS_DEFAULT_PROFILE: 'missing' })).toEqual({ profile: 'missing' });
  });
});
