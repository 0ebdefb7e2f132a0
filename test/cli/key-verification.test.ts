import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { type Here, test } from '../support/command-over-http.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';
import { connectedExternal } from '../support/stores.ts';

beforeAll(stubSurroundings);

const addHsm = ({ simulator }: Here, keys = 2) =>
  simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED', keys });

describe.concurrent('cks canary', () => {
  test('keeps canaries, and says whether the keys still decrypt them', async ({ here }) => {
    const { cks, simulator } = here;
    const id = addHsm(here);

    const created = await cks('canary', 'create', 'hsm', '--output', 'text');
    expect(created).toMatchObject({ exitCode: 0, stdout: `"hsm" (${id}): canaries of 2 keys are kept\n`, stderr: '' });
    const checked = await cks('canary', 'check', 'hsm');
    expect(checked.json()).toMatchObject({ store: { customKeyStoreId: id }, canaries: 2, passed: 2, lost: [] });
    expect(checked.exitCode).toBe(0);
    simulator.failNext('Decrypt', 'InvalidCiphertextException');
    const lost = await cks('canary', 'check', 'hsm', '--output', 'text');
    expect(lost.stdout.replace(/\s+/g, ' ')).toMatch(
      /1 of 2 keys decrypt what they encrypted before arn:aws:kms:\S+ does not: .* or the kept canary is damaged/,
    );
    expect(lost.exitCode).toBe(3);
  });

  test('ends with 3 and says what to do where none are kept, or the file is another', async ({ here }) => {
    const { cks, state } = here;
    addHsm(here);

    const none = await cks('canary', 'check', 'hsm');
    expect(none.stderr).toMatch(/^cks: no canaries of "hsm" .*\ncause: .*\nnext: .*cks canary create\.\n$/);
    expect(none).toMatchObject({ exitCode: 3 });
    expect(none.json()).toMatchObject({ canaries: 0, reason: { code: 'NO_CANARIES' } });
    await cks('canary', 'create', 'hsm');
    const canaries = join(state, 'canaries');
    for (const name of readdirSync(canaries)) writeFileSync(join(canaries, name), '{}');
    const broken = await cks('canary', 'check', 'hsm');
    expect(broken.stderr).toMatch(
      /^cks: .*\.json holds no canaries that cks can read: .* or move it away and create new canaries\.\n$/,
    );
    expect(broken).toMatchObject({ exitCode: 3 });
    expect(broken.json()).toMatchObject({ outcome: null, reason: { code: 'CANARIES_UNUSABLE' } });
  });

  test.for([
    ['is half of it', (text: string) => text.slice(0, 100), 'it was changed or is incomplete'],
    ['is empty', () => '', 'it was changed or is incomplete'],
    ['is null', () => 'null', 'it was changed or is incomplete'],
    ['is a list', () => '[]', 'it was changed or is incomplete'],
    ['is of a newer version', (text: string) => text.replace('"schema": 1', '"schema": 2'), 'a newer version of cks'],
  ] as const)('refuses to replace kept canaries that it cannot read: the file %s', async ([, alter, why], { here }) => {
    const { cks, simulator, state } = here;
    addHsm(here);
    await cks('canary', 'create', 'hsm');
    const folder = join(state, 'canaries');
    const [name = ''] = readdirSync(folder);
    const altered = alter(readFileSync(join(folder, name), 'utf8'));
    writeFileSync(join(folder, name), altered);
    const before = simulator.calls.length;

    for (const command of [['create'], ['key', 'create']]) {
      const refused = await cks('canary', ...command, 'hsm', '--output', 'json');
      expect(refused.stderr).toMatch(new RegExp(`^cks: .*${name}.*${why}.*move .* away.*\\n$`));
      expect(refused.exitCode).toBe(2);
    }
    expect(readFileSync(join(folder, name), 'utf8')).toBe(altered);
    const called = simulator.calls.slice(before).map(({ operation }) => operation);
    expect(called.filter((operation) => /Encrypt|Decrypt|CreateKey/.test(operation))).toEqual([]);
  });

  test.for([
    [['canary'], /which command\?/],
    [['canary', 'chekc', 'hsm'], /^cks: unknown command "canary chekc"; did you mean cks canary check\?\n$/],
    [['canary', 'check'], /^cks: which custom key store\?/],
    [['canary', 'check', 'hsm', '--ouput', 'text'], /did you mean --output\?/],
  ] as const)('says what is wrong with %j', async ([words, message]) => {
    const ended = await runHere(words);
    expect(ended.stderr).toMatch(message);
    expect(ended.exitCode).toBe(2);
  });
});

describe.concurrent('a proof that is required', () => {
  test('ends with 8 where it is not met in the end, and the update stands', async ({ here }) => {
    const { cks, simulator } = here;
    simulator.addStore({
      ...connectedExternal,
      keys: 1,
    });
    const change = ['update', 'xks', '--xks-proxy-uri-path', '/new/kms/xks/v1', '--accept', 'unverified-keys', '--yes'];

    const ended = await cks(...change, '--skip-check', 'xks-proxy', '--require-key-verification', '--bake-time', '0');

    expect(ended.json()).toMatchObject({ outcome: 'updated', keyVerification: { status: 'early', isRequired: true } });
    expect(ended.exitCode).toBe(8);
  });

  test('shows the result beside how many keys there are', async ({ here }) => {
    addHsm(here, 5);
    here.clock.scale = 20_000;
    const ended = await here.cks(
      'reconnect',
      'hsm',
      '--accept',
      'outage',
      '--yes',
      '--require-key-verification',
      '--output',
      'text',
    );
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain('Keys verified 3 of 5');
    expect(ended.exitCode).toBe(0);
  });
});
