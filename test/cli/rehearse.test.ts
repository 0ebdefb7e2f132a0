/** `--rehearse`: what is told of it, and what becomes of its throw-away store when the process is killed. */
import { describe, expect } from 'vitest';
import { ageJournals, killAt, listRunIds } from '../support/kills.ts';
import { type Environment, type Rehearsal, tellCalls, test } from '../support/rehearsal.ts';

const id = 'cks-1234567890abcdef0';
const env: Environment = { NEW_SECRET: 'n'.repeat(43) };
const credential = 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW_SECRET';
const move = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const values = [...move, '--xks-proxy-authentication-credential', credential];
const accepted = ['--yes', '--accept', 'outage,unproven-keys,no-rollback,unknown:xks-proxy'];
const update = ['update', id, ...values, '--rehearse', ...accepted];

function addExternal({ simulator }: Rehearsal) {
  simulator.addStore({
    CustomKeyStoreId: id,
    CustomKeyStoreName: 'xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: 'https://old.xks.example.com',
  });
}

const storesOf = ({ simulator }: Rehearsal) =>
  simulator.describeWorld().stores.map(({ CustomKeyStoreName: name, ConnectionState: state }) => [name, state]);

/** Header, three results, the probe of the rights, and the intent to create, whose call still arrives. */
const created = { lines: 6, dies: 'sent' } as const;

async function cutOff(rehearsal: Rehearsal): Promise<string> {
  addExternal(rehearsal);
  await killAt(rehearsal, update, env, created);
  ageJournals(rehearsal.folder, 3_600_000);
  expect(storesOf(rehearsal)).toEqual([
    ['xks', 'CONNECTED'],
    [`cks-rehearsal-${listRunIds(rehearsal.folder)[0]}`, 'DISCONNECTED'],
  ]);
  return listRunIds(rehearsal.folder)[0] ?? '';
}

describe.concurrent('--rehearse', { timeout: 60_000 }, () => {
  test('has KMS connect a throw-away store before the real one is touched', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stderr } = await rehearsal.run([...update, '--progress', 'text'], env);

    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/rehearsal: create of a throw-away store accepted\n.*rehearsal: connect accepted\n/);
    const calls = tellCalls(rehearsal.simulator.calls);
    expect(calls.indexOf('Delete')).toBeLessThan(calls.indexOf('Update'));
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('stands in the plan as its first step, and is refused without a journal', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const plan = await rehearsal.run(['plan', id, ...values, '--rehearse', '--output', 'text'], env);
    expect(plan.stdout).toMatch(/1\. rehearse +usually about 10 minutes, no outage/);
    const unkept = await rehearsal.run([...update, '--no-journal'], env);
    expect([unkept.exitCode, unkept.stderr]).toEqual([2, expect.stringContaining('that needs the journal')]);
  });

  test('goes on where it was killed, as if nothing had happened', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const listed = await rehearsal.run(['runs', '--output', 'text']);
    expect(listed.stdout.replaceAll(/\s+/g, ' ')).toContain('throw-away store of its rehearsal may be left');

    const { exitCode, json, stderr } = await rehearsal.run(['resume', runId, ...accepted], env);

    expect(exitCode, stderr).toBe(0);
    expect(json()).toMatchObject({ outcome: 'updated' });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('is taken away where it cannot be gone on with, and the run ends', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const other = ['--xks-proxy-uri-path', '/other/kms/xks/v1'];

    const { exitCode, json } = await rehearsal.run(['resume', runId, ...other]);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: { code: 'REHEARSAL_CUT_OFF' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
    const { json: told } = await rehearsal.run(['runs', '--output', 'json']);
    expect(told()).toMatchObject({ runs: [{ runId, isUnfinished: false, outcome: 'refused' }] });
  });
});
