/** `--trial-connect`: its progress and results, and its trial store after the process is killed. */
import { describe, expect } from 'vitest';
import {
  acceptAll,
  addExternal,
  describeCalls,
  type Environment,
  storeId as id,
  type Rehearsal,
  stopAgain,
  testHere as test,
} from '../support/command.ts';
import { ageJournals, killAt, listRunIds, type Moment, readJournalOf } from '../support/kill-command.ts';

const env: Environment = { NEW_SECRET: 'n'.repeat(43) };
const credential = 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW_SECRET';
const move = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const values = [...move, '--xks-proxy-authentication-credential', credential];
const update = ['update', id, ...values, '--trial-connect', ...acceptAll];
const check = ['check', id, ...values, '--trial-connect'];

const storesOf = ({ simulator }: Rehearsal) =>
  simulator.describeWorld().stores.map(({ CustomKeyStoreName: name, ConnectionState: state }) => [name, state]);

/** The intent to create, whose call still arrives. */
const created = { record: 'intent 5.trialConnect.create', dies: 'sent' } as const;

/** The same in a check: it encrypted no canary. */
const createdAlone = { record: 'intent 3.trialConnect.create', dies: 'sent' } as const;

async function cutOff(rehearsal: Rehearsal, words = update, moment: Moment = created): Promise<string> {
  addExternal(rehearsal);
  await killAt(rehearsal, words, env, moment);
  ageJournals(rehearsal.folder, 3_600_000);
  expect(storesOf(rehearsal)).toEqual([
    ['xks', 'CONNECTED'],
    [`cks-trial-${listRunIds(rehearsal.folder)[0]}`, 'DISCONNECTED'],
  ]);
  return listRunIds(rehearsal.folder)[0] ?? '';
}

describe.concurrent('--trial-connect', () => {
  test('connects a trial store before the first call to the real one', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stderr } = await rehearsal.run([...update, '--progress', 'text'], env);

    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /KMS accepted the creation of the trial store\n.*KMS accepted the connect of the trial store\n/,
    );
    const calls = describeCalls(rehearsal.simulator.calls);
    expect(calls.indexOf('Delete')).toBeLessThan(calls.indexOf('Update'));
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('is the first step of the plan, and is refused without a journal', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const plan = await rehearsal.run(['plan', id, ...values, '--trial-connect', '--output', 'text', '--verbose'], env);
    expect(plan.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Trial connect first: KMS connects a trial store, about 10 minutes, no outage',
    );
    expect(plan.stdout).toMatch(/^ {2}1\. trial connect +KMS connects a trial store/m);
    const unkept = await rehearsal.run([...update, '--no-journal'], env);
    expect([unkept.exitCode, unkept.stderr]).toEqual([2, expect.stringContaining('needs the journal')]);
  });

  test('continues after its process was killed', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const listed = await rehearsal.run(['runs', '--output', 'text']);
    expect(listed.stdout.replaceAll(/\s+/g, ' ')).toContain('its trial store may still exist');

    const { exitCode, json, stderr } = await rehearsal.run(['resume', runId, ...acceptAll], env);

    expect(exitCode, stderr).toBe(0);
    expect(json()).toMatchObject({ outcome: 'updated' });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('is cleaned up if the request has changed, and the run ends refused', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const other = ['--xks-proxy-uri-path', '/other/kms/xks/v1'];

    const { exitCode, json } = await rehearsal.run(['resume', runId, ...other]);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: { code: 'TRIAL_INTERRUPTED' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
    const { json: told } = await rehearsal.run(['runs', '--output', 'json']);
    expect(told()).toMatchObject({ runs: [{ runId, isUnfinished: false, outcome: 'refused' }] });
  });
});

describe.concurrent('check --trial-connect', () => {
  test('connects a trial store, and leaves the real one alone', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, stderr, json, stdout } = await rehearsal.run([...check, '--output', 'json'], env);

    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /KMS accepted the creation of the trial store\n.*KMS accepted the connect of the trial store\n/,
    );
    const { checks } = json() as { checks: { check: string }[] };
    expect([json().verdict, json().missing]).toEqual(['proceed', ['outage', 'no-rollback']]);
    expect(checks.filter(({ check }) => check === 'trial-connect')).toEqual([
      {
        check: 'trial-connect',
        status: 'passed',
        message: 'KMS connected a trial store with the new settings; it is deleted again',
        answers: ['xks-proxy', 'endpoint-service'],
      },
    ]);
    const [runId = ''] = listRunIds(rehearsal.folder);
    expect([stdout, stderr, JSON.stringify(readJournalOf(rehearsal.folder, runId))].join()).not.toContain(
      env.NEW_SECRET,
    );
    expect(describeCalls(rehearsal.simulator.calls).slice(-2)).toEqual([
      'Delete',
      'Describe -> CustomKeyStoreNotFoundException',
    ]);
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
    const listed = await rehearsal.run(['runs', '--output', 'json']);
    expect(listed.json()).toMatchObject({ runs: [{ outcome: 'unchanged', hasWritten: false, isUnfinished: false }] });
  });

  test('refuses if KMS cannot connect the trial store', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.addProxy({ endpoint: 'https://new.xks.example.com', credentials: {} });
    const { exitCode, json } = await rehearsal.run(check, env);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ verdict: 'refused', reason: { code: 'CHECK_FAILED' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('is refused without a journal, and creates no trial store for a refused change', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const unkept = await rehearsal.run([...check, '--no-journal'], env);
    expect([unkept.exitCode, unkept.stderr]).toEqual([2, expect.stringContaining('needs the journal')]);
    const refused = await rehearsal.run([...check, '--mode', 'live'], env);
    expect([refused.exitCode, refused.json().reason]).toEqual([3, expect.objectContaining({ code: 'NOT_LIVE' })]);
    expect(listRunIds(rehearsal.folder)).toEqual([]);
  });

  test('deletes the trial store when it is stopped', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const running = rehearsal.start(check, env);
    await running.saw('KMS accepted the connect of the trial store');
    running.process.kill('SIGINT');

    const { exitCode, stderr, json } = await running.ended;
    expect([exitCode, json().verdict, json().reason]).toEqual([
      130,
      'refused',
      expect.objectContaining({ code: 'STOPPED' }),
    ]);
    expect(stderr).toContain('stop requested: cks finishes the current step first');
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('names the command that deletes the trial store when it is stopped twice', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const running = rehearsal.start(check, env);
    await running.saw('KMS accepted the connect of the trial store');
    running.process.kill('SIGINT');
    await running.saw('press Ctrl-C again to quit now');
    await stopAgain(running, 'SIGINT');

    const { exitCode, json } = await running.ended;
    const [runId] = listRunIds(rehearsal.folder);
    expect([exitCode, json().outcome, json().nextCommands]).toEqual([7, null, [`cks resume ${runId}`]]);
    const end = await rehearsal.run(['resume', String(runId)], env);
    expect([end.exitCode, end.json().outcome]).toEqual([130, 'cancelled']);
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('check --trial-connect that was killed is finished by cks resume, and never becomes an update', async ({
    rehearsal,
  }) => {
    const runId = await cutOff(rehearsal, check, createdAlone);

    const { exitCode, stdout, stderr } = await rehearsal.run(['resume', runId, '--output', 'text', ...acceptAll], env);

    expect(exitCode, stderr).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /^\+ UNCHANGED "xks" \(cks-1234567890abcdef0\) is CONNECTED with the old settings; cks sent nothing to it /,
    );
    expect(stdout).toMatch(/^\+ Checks +1 passed: trial-connect$/m);
    expect(describeCalls(rehearsal.simulator.calls)).not.toContain('Update');
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });

  test('check --trial-connect that was killed is only cleaned up if the request has changed', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal, check, createdAlone);

    const { exitCode, json } = await rehearsal.run(['resume', runId, '--xks-proxy-uri-path', '/other/kms/xks/v1']);

    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: { code: 'TRIAL_INTERRUPTED' } });
    expect(storesOf(rehearsal)).toEqual([['xks', 'CONNECTED']]);
  });
});
