/** What goes into the long names: skeletons filled in, files, and options that override them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeCalls, type Rehearsal, testHere as test } from '../../support/command.ts';
import { runHere, stubSurroundings } from '../../support/in-process.ts';

const store = 'cks-1234567890abcdef0';
const name = ['update-custom-key-store'];

beforeAll(stubSurroundings);

async function print(...words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runHere([...words, '--generate-cli-skeleton', 'yaml-input']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

function addStore({ simulator }: Rehearsal): void {
  const state = { CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'CONNECTED' } as const;
  simulator.addStore({ CustomKeyStoreId: store, ...state });
}

describe('input', () => {
  it.each(['update-custom-key-store', 'connect-custom-key-store', 'describe-custom-key-stores'])(
    'of %s has one skeleton, in YAML with words beside it',
    async (command) => {
      const { stdout } = await runHere([command, '--generate-cli-skeleton']);
      const yaml = await print(command);
      expect(parse(yaml)).toEqual(JSON.parse(stdout));
      expect(yaml).toMatch(/^# \w.*\nCustomKeyStoreId: ''\n/);
    },
  );

  test.for(['json', 'yaml'])('comes as %s from a file, and options override it', async (format, { rehearsal }) => {
    addStore(rehearsal);
    const { simulator, folder, url } = rehearsal;
    const file = join(folder, 'input');
    const input = { CustomKeyStoreId: store, NewCustomKeyStoreName: 'first', XksProxyUriPath: '/a/kms/xks/v1' };
    const yaml = Object.entries(input).map(([key, value]) => `${key}: ${value} # as it was\n`);
    writeFileSync(file, format === 'json' ? JSON.stringify(input) : yaml.join(''));
    const words = [`--cli-input-${format}`, 'file://$HERE/input', '--new-custom-key-store-name', 'second'];
    const told = await runHere(
      [...name, ...words, '--accept', 'unverified-keys', '--endpoint-url', url, '--progress', 'none'],
      { HERE: folder },
    );

    expect(told).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(simulator.store(store)).toMatchObject({
      CustomKeyStoreName: 'second',
      XksProxyConfiguration: { UriPath: '/a/kms/xks/v1' },
    });
  });

  test('input of a Describe turns no pages where it names one', async ({ rehearsal: { simulator, url } }) => {
    for (let count = 0; count < 2; count += 1) simulator.addStore();
    const observe = ['describe-custom-key-stores', '--cli-input-json', '{"Limit":1}', '--endpoint-url', url];
    const { stdout } = await runHere([
      ...observe,
      '--query',
      '[length(CustomKeyStores), Truncated]',
      '--output',
      'text',
    ]);

    expect(stdout).toBe('1\tTrue\n');
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });

  it('takes every secret that KMS takes, in each form', async () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9/+=]{43,64}$/);
    const id = fc.stringMatching(/^[A-Z2-7]{20,30}$/);
    await fc.assert(
      fc.asyncProperty(id, secret, async (AccessKeyId, RawSecretAccessKey) => {
        const both = { AccessKeyId, RawSecretAccessKey };
        const sample = [...name, '--custom-key-store-id', store, '--generate-cli-skeleton', 'output'];
        const forms = [
          [
            '--xks-proxy-authentication-credential',
            `AccessKeyId=${AccessKeyId}, RawSecretAccessKey=${RawSecretAccessKey}`,
          ],
          ['--xks-proxy-authentication-credential', JSON.stringify(both)],
          ['--cli-input-json', JSON.stringify({ XksProxyAuthenticationCredential: both })],
        ];
        for (const form of forms) {
          expect(await runHere([...sample, ...form])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
        }
      }),
      { numRuns: 25 },
    );
  });
});
