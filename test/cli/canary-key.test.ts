/** `cks canary key create`: the key that a fence verifies before any other. */
import { beforeAll, describe, expect } from 'vitest';
import { canaryAlias } from '../../src/domain/fence.ts';
import { type Here, test } from '../support/command-over-http.ts';
import { stubSurroundings } from '../support/in-process.ts';

beforeAll(stubSurroundings);

const create = ['canary', 'key', 'create'];
const xksKey = ['--xks-key-id', 'canary-1'];

const changes = ({ simulator }: Here) =>
  simulator.calls.flatMap(({ operation }) => (/^(Create|Delete|Schedule|Update)/.test(operation) ? [operation] : []));

function readPolicy({ simulator }: Here, KeyId: string): string {
  return (simulator.call('GetKeyPolicy', { KeyId }) as { readonly Policy: string }).Policy;
}

describe.concurrent('cks canary key create', () => {
  test('creates a key that says what it is for, its alias, and a kept canary', async ({ here }) => {
    const id = here.addExternal();

    const { exitCode, stdout, stderr } = await here.cks(...create, 'xks', ...xksKey, '--output', 'text');

    expect([exitCode, stderr]).toEqual([0, '']);
    const arn =
      /canary key\s+(arn:\S+)\s+was created; a canary of it is kept/.exec(stdout.replace(/\s+/g, ' '))?.[1] ?? '';
    const { KeyMetadata } = here.simulator.call('DescribeKey', { KeyId: canaryAlias(id) }) as {
      readonly KeyMetadata: Readonly<Record<string, unknown>>;
    };
    expect(KeyMetadata).toMatchObject({
      Arn: arn,
      CustomKeyStoreId: id,
      Description: expect.stringContaining('no application uses it'),
      XksKeyConfiguration: { Id: 'canary-1' },
    });
    expect(JSON.parse(readPolicy(here, arn))).toMatchObject({
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*' },
        { Sid: 'NoApplicationUsesThisKey', Effect: 'Deny', Action: expect.arrayContaining(['kms:GenerateDataKey*']) },
      ],
    });
    expect((await here.cks('canary', 'check', 'xks')).json()).toMatchObject({ canaries: 1, passed: 1 });
  });

  test('creates the key of a CloudHSM key store in its cluster', async ({ here }) => {
    const id = here.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });

    const ended = await here.cks(...create, 'hsm');

    expect(ended.json()).toMatchObject({ isNew: true, hasCanary: true, alias: canaryAlias(id), nextCommands: [] });
    expect(changes(here)).toEqual(['CreateKey', 'CreateAlias']);
  });

  test('keeps the key that a store has, and its canary', async ({ here }) => {
    here.addExternal();
    const first = await here.cks(...create, 'xks', ...xksKey);
    const again = await here.cks(...create, 'xks');

    expect(again.json()).toMatchObject({ canaryKeyId: first.json().canaryKeyId, isNew: false, hasCanary: true });
    expect(changes(here)).toEqual(['CreateKey', 'CreateAlias']);
  });

  test('names the key and the commands if the alias fails, and goes on with it later', async ({ here }) => {
    const id = here.addExternal();
    here.simulator.failNext('CreateAlias', 'LimitExceededException');

    const failed = await here.cks(...create, 'xks', ...xksKey);

    const { canaryKeyId, nextCommands } = failed.json<{ canaryKeyId: string; nextCommands: string[] }>();
    expect(failed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(canaryKeyId) });
    expect(nextCommands).toEqual([
      `aws kms create-alias --alias-name ${canaryAlias(id)} --target-key-id ${canaryKeyId} --region us-east-1`,
      `cks canary key create ${id} --region us-east-1`,
    ]);
    here.simulator.call('CreateAlias', { AliasName: canaryAlias(id), TargetKeyId: canaryKeyId });
    expect((await here.cks(...create, 'xks')).json()).toMatchObject({ canaryKeyId, isNew: false, hasCanary: true });
  });

  test('waits until KMS knows the new key', async ({ here }) => {
    here.addExternal();
    here.simulator.failNext('Encrypt', 'NotFoundException', { times: 2 });

    expect((await here.cks(...create, 'xks', ...xksKey)).json()).toMatchObject({ isNew: true, hasCanary: true });
  });

  test.for([
    ['an external key store without an external key', {}, [], /give it with --xks-key-id/],
    ['a store that is not CONNECTED', { ConnectionState: 'DISCONNECTED' }, xksKey, /it is DISCONNECTED/],
  ] as const)('creates nothing in %s', async ([, description, words, message], { here }) => {
    here.addExternal(description);
    const ended = await here.cks(...create, 'xks', ...words);

    expect(ended).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(message) });
    expect(ended.json()).toMatchObject({ canaryKeyId: null, reason: { code: 'NO_CANARY_KEY' } });
    expect(changes(here)).toEqual([]);
  });

  test('creates nothing if the alias names a key outside the store', async ({ here }) => {
    const id = here.addExternal();
    const { KeyMetadata } = here.simulator.call('CreateKey', {}) as {
      readonly KeyMetadata: { readonly KeyId: string };
    };
    here.simulator.call('CreateAlias', { AliasName: canaryAlias(id), TargetKeyId: KeyMetadata.KeyId });

    const ended = await here.cks(...create, 'xks', ...xksKey);

    expect(ended).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('names a key outside of it') });
  });

  test('tells that a canary key no longer decrypts, and keeps its canary', async ({ here }) => {
    here.addExternal();
    await here.cks(...create, 'xks', ...xksKey);
    here.simulator.failNext('Decrypt', 'InvalidCiphertextException');

    const ended = await here.cks(...create, 'xks');

    expect(ended).toMatchObject({ exitCode: 3 });
    expect(ended.json()).toMatchObject({ hasCanary: true, reason: { code: 'CANARIES_LOST' } });
  });

  test('refuses an external key for a CloudHSM key store as wrong input', async ({ here }) => {
    here.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
    const ended = await here.cks(...create, 'hsm', ...xksKey);

    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"hsm"') });
    expect(here.simulator.calls.map(({ operation }) => operation)).toEqual(['DescribeCustomKeyStores']);
  });
});
