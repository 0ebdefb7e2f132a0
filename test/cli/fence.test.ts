/** `--fence`: its plan, progress and result in the real process. */
import { describe, expect } from 'vitest';
import { type Rehearsal, testHere as test } from '../support/command.ts';

const id = 'cks-1234567890abcdef0';
const endpoint = 'https://new.xks.example.com';
const skipped = ['--skip-check', 'xks-proxy', '--skip-check', 'external-keys', '--skip-check', 'same-keys'];
const move = [id, '--xks-proxy-uri-endpoint', endpoint, '--fence', 'always', ...skipped];
const accepted = ['--yes', '--accept', 'outage,unverified-keys,no-rollback,disable-keys'];

function addExternal({ simulator }: Rehearsal): void {
  simulator.addStore({
    CustomKeyStoreId: id,
    CustomKeyStoreName: 'xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });
  simulator.addProxy({ endpoint });
  simulator.addKey(id, { AliasName: `alias/cks-canary-${id}` });
  for (const name of ['alias/pay', 'alias/sign']) simulator.addKey(id, { AliasName: name });
}

describe.concurrent('--fence', { timeout: 120_000 }, () => {
  test('shows in the plan what it costs, and which risks it adds', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stdout } = await rehearsal.run(['plan', ...move, '--output', 'text', '--verbose']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Fence');
    expect(stdout.replace(/\s+/g, ' ')).toContain('2 keys, each unusable up to 2 s longer');
    expect(stdout).toContain('Risk disable-keys');
    // The canary key is verified before any key that an application uses.
    expect(stdout).not.toContain('Risk exposure');
  });

  test('tells when keys are disabled and enabled, and reports each', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stderr, json } = await rehearsal.run(['update', ...move, ...accepted, '--progress', 'text']);
    expect(exitCode).toBe(0);
    for (const line of ['disabling 2 keys before the outage', 'KMS shows 2 keys as Disabled', 'enabled 2 of 2 keys'])
      expect(stderr).toContain(line);
    const key = { state: 'enabled', evidence: 'canary key' };
    expect(json()).toMatchObject({ fence: { keys: [key, key] } });
  });

  test("is refused beside a dead man's switch, which could not verify a key", async ({ rehearsal }) => {
    addExternal(rehearsal);
    const role = 'arn:aws:iam::111122223333:role/connect';
    const { exitCode, stderr } = await rehearsal.run(['update', ...move, ...accepted, '--dead-mans-switch', role]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("a fence and a dead man's switch exclude each other");
  });

  test('is offered by a plan that moves to another key source that no check has verified', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const plan = async (...words: string[]) =>
      (await rehearsal.run(['plan', ...words, '--output', 'text'])).stdout.replace(/\s+/g, ' ');
    const offer =
      'Note if the new key source holds different keys, applications encrypt under them until cks notices; --fence auto disables the keys first';
    const without = [id, '--xks-proxy-uri-endpoint', endpoint, ...skipped];

    expect(await plan(...without)).toContain(offer);
    expect(await plan(...move)).not.toContain('--fence auto');
    expect(await plan(id, '--new-custom-key-store-name', 'renamed')).not.toContain('--fence auto');
    const role = ['--dead-mans-switch', 'arn:aws:iam::111122223333:role/connect'];
    expect(await plan(...without, ...role)).not.toContain('--fence auto');
  });
});
