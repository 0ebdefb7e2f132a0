/** `--rehearse`: what is told of it, and what becomes of its throw-away store when the process is killed. */
import { describe, expect } from 'vitest';
import { ageJournals, killAt, listRunIds, type Moment, readJournalOf } from '../support/kills.ts';
import { type Environment, type Rehearsal, stopAgain, tellCalls, testHere as test } from '../support/rehearsal.ts';

const id = 'cks-1234567890abcdef0';
const env: Environment = { NEW_SECRET: 'n'.repeat(43) };
const credential = 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW_SECRET';
const move = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const values = [...move, '--xks-proxy-authentication-credential', credential];
const accepted = ['--yes', '--accept', 'outage,unproven-keys,no-rollback,unknown:xks-proxy'];
const update = ['update', id, ...values, '--rehearse', ...accepted];
const check = ['check', id, ...values, '--rehearse'];

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

/** The intent to create, whose call still arrives. */
const created = { record: 'intent 5.rehearse.create', dies: 'sent' } as const;

/** The same in a run that only rehearses: nothing was checked or encrypted in it. */
const createdAlone = { record: 'intent 3.rehearse.create', dies: 'sent' } as const;

async function cutOff(rehearsal: Rehearsal, words = update, moment: Moment = created): Promise<string> {
  addExternal(rehearsal);
  await killAt(rehearsal, words, env, moment);
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

describe.concurrent('check --rehearse', { timeout: 60_000 }, () => {
  test('has KMS connect a throw-away store, and leaves the real one alone', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stderr, json, stdout } = await rehearsal.run([...check, '--output', 'json'], env);

    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/rehearsal: create of a throw-away store accepted\n.*rehearsal: connect accepted\n/);
    const { checks } = json() as { checks: { check: string }[] };
    expect([json().verdict, json().missing]).toEqual(['proceed', ['outage', 'no-rollback']]);
    expect(checks.filter(({ check }) => check === 'rehearsal')).toEqual([
      {
        check: 'rehearsal',
        status: 'passed',
        message: 'KMS connected a throw-away store with the new settings; it is deleted again',
        answers: ['xks-proxy', 'endpoint-service'],
      },
    ]);
    const [runId = ''] = listRunIds(rehearsal.folder);
    expect([stdout, stderr, JSON.stringify(readJournalOf(rehearsal.folder, runId))].join()).not.toContain(
      env.NEW_SECRET,
    );
    expect(tellCalls(rehearsal.simulator.calls).slice(-2)).toEqual([
      'Delete',
      'Describe -> CustomKeyStoreNotFoundException',
    ]);
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
    const listed = await rehearsal.run(['runs', '--output', 'json']);
    expect(listed.json()).toMatchObject({ runs: [{ outcome: 'unchanged', hasWritten: false, isUnfinished: false }] });
  });

  test('says that an update would be refused where KMS cannot connect', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.addProxy({ endpoint: 'https://new.xks.example.com', credentials: {} });
    const { exitCode, json } = await rehearsal.run(check, env);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ verdict: 'refused', reason: { code: 'CHECK_FAILED' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('is refused without a journal, and touches nothing where the change is refused anyway', async ({
    rehearsal,
  }) => {
    addExternal(rehearsal);
    const unkept = await rehearsal.run([...check, '--no-journal'], env);
    expect([unkept.exitCode, unkept.stderr]).toEqual([2, expect.stringContaining('that needs the journal')]);
    const refused = await rehearsal.run([...check, '--path', 'live'], env);
    expect([refused.exitCode, refused.json().reason]).toEqual([3, expect.objectContaining({ code: 'NOT_LIVE' })]);
    expect(listRunIds(rehearsal.folder)).toEqual([]);
  });

  test('that is stopped deletes the throw-away store first', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const running = rehearsal.start(check, env);
    await running.saw('rehearsal: connect accepted');
    running.process.kill('SIGINT');

    const { exitCode, stderr, json } = await running.ended;
    expect([exitCode, json().verdict, json().reason]).toEqual([
      130,
      'refused',
      expect.objectContaining({ code: 'STOPPED' }),
    ]);
    expect(stderr).toContain('stopping at the next safe place');
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('that is stopped twice names the command that clears away after it', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const running = rehearsal.start(check, env);
    await running.saw('rehearsal: connect accepted');
    running.process.kill('SIGINT');
    await running.saw('press Ctrl-C again to stop now');
    await stopAgain(running, 'SIGINT');

    const { exitCode, json } = await running.ended;
    const [runId] = listRunIds(rehearsal.folder);
    expect([exitCode, json().outcome, json().remaining]).toEqual([7, null, [`cks resume ${runId}`]]);
    const end = await rehearsal.run(['resume', String(runId)], env);
    expect([end.exitCode, end.json().outcome]).toEqual([130, 'cancelled']);
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('that was killed is ended by its resume, and never becomes an update', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal, check, createdAlone);

    const { exitCode, stdout, stderr } = await rehearsal.run(['resume', runId, '--output', 'text', ...accepted], env);

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^unchanged {2}"xks" \(cks-1234567890abcdef0\) is CONNECTED with the old settings;\n/);
    expect(stdout).toContain('rehearsal  KMS connected a throw-away store');
    expect(tellCalls(rehearsal.simulator.calls)).not.toContain('Update');
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('that was killed is only cleared away where the change is another one now', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal, check, createdAlone);

    const { exitCode, json } = await rehearsal.run(['resume', runId, '--xks-proxy-uri-path', '/other/kms/xks/v1']);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: { code: 'REHEARSAL_CUT_OFF' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });
});
