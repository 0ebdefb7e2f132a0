/** `cks` on a disk that cannot be written: nothing begins, and nothing that a run has left offline stays so. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { nameAlone } from '../../src/disk/locks/names.ts';
import {
  acceptAll,
  addExternal,
  describeCalls,
  type Ended,
  storeId as id,
  type Rehearsal,
  testHere as test,
} from '../support/command.ts';
import { ageJournals, killAt, listRunIds } from '../support/kill-command.ts';
import { canMount, mountReadOnly } from '../support/small-disks.ts';

const secret = 'CANARY'.padEnd(43, 'n');
const credential = (name: string) => [
  '--xks-proxy-authentication-credential',
  `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:${name}`,
];
const update = ['update', id, ...credential('NEW'), '--mode', 'offline', ...acceptAll];
const env = { NEW: secret };

/** Journals and locks as they are, where nothing can be written. */
function freeze({ folder }: Rehearsal) {
  for (const name of ['state', 'locks']) mkdirSync(join(folder, name), { recursive: true });
  return {
    ...env,
    CKS_STATE_DIR: mountReadOnly(join(folder, 'state')),
    CKS_LOCK_DIR: mountReadOnly(join(folder, 'locks')),
  };
}

const linesOf = ({ stderr }: Ended, text: string) => stderr.split('\n').filter((line) => line.includes(text));
const stateOf = ({ simulator }: Rehearsal) => simulator.store(id).ConnectionState;

describe.skipIf(!canMount())('a disk that is read-only', () => {
  test('does not keep cks resume from bringing the store back, and each refusal is said once', async ({
    rehearsal,
  }) => {
    addExternal(rehearsal);
    await killAt(rehearsal, update, env, { record: 'result 5.disconnectStore', dies: 'before' });
    expect(stateOf(rehearsal)).not.toBe('CONNECTED');
    const [runId = ''] = listRunIds(rehearsal.folder);

    const ended = await rehearsal.run(['resume', '--progress', 'text'], freeze(rehearsal));

    expect([ended.exitCode, ended.json().outcome, ended.json().journal]).toEqual([0, 'updated', 'incomplete']);
    expect(stateOf(rehearsal)).toBe('CONNECTED');
    expect(linesOf(ended, `cannot take the lock`).map((line) => /\S+\.lock \(EROFS/.test(line))).toEqual([true, true]);
    expect(linesOf(ended, 'cannot write the journal')).toEqual([
      expect.stringMatching(new RegExp(`cks cannot write the journal \\S+${runId}.ndjson \\(EROFS`)),
    ]);
    expect(linesOf(ended, '"kind":"result"').length).toBeGreaterThan(3);
    expect(ended.stdout + ended.stderr).not.toContain('CANARY');
  });

  test('does not keep a run that ended stranded from being continued', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.failNextConnect(id, 'XKS_PROXY_INVALID_CONFIGURATION');
    const first = await rehearsal.run(update, env);
    expect(first.json().outcome).toBe('stranded');
    ageJournals(rehearsal.folder, 3_600_000);
    const words = ['resume', `${first.json().runId}`, ...credential('RIGHT'), ...acceptAll];

    const ended = await rehearsal.run(words, { ...freeze(rehearsal), RIGHT: `${secret.slice(0, -1)}r` });

    expect([ended.exitCode, ended.json().outcome]).toEqual([0, 'updated']);
    expect(stateOf(rehearsal)).toBe('CONNECTED');
    expect(ended.stdout + ended.stderr).not.toContain('CANARY');
  });

  test('does not keep cks resume from going on without a result file and a log', async ({ rehearsal }) => {
    addExternal(rehearsal);
    await killAt(rehearsal, update, env, { record: 'result 5.disconnectStore', dies: 'before' });
    const frozen = freeze(rehearsal);
    const files = [
      ...['--result-file', join(frozen.CKS_STATE_DIR, 'result.json')],
      ...['--log-file', join(frozen.CKS_STATE_DIR, 'log')],
    ];

    const ended = await rehearsal.run(['resume', ...files, '--progress', 'text'], frozen);

    expect([ended.exitCode, ended.json().outcome]).toEqual([0, 'updated']);
    expect(linesOf(ended, '--result-file cannot be written (EROFS); the run continues without it')).toHaveLength(1);
    expect(linesOf(ended, '--log-file cannot be written (EROFS); the run continues without it')).toHaveLength(1);
  });

  test('does not hide from cks resume that the run is at work', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const first = rehearsal.start(update, env);
    await first.saw('waiting for DISCONNECTED');
    first.process.kill('SIGSTOP');
    const [runId = ''] = listRunIds(rehearsal.folder);

    const second = await rehearsal.run(['resume', runId], freeze(rehearsal));

    expect([second.exitCode, second.json().reason]).toMatchObject([3, { code: 'LOCKED' }]);
    first.process.kill('SIGCONT');
    expect((await first.ended).exitCode).toBe(0);
  });

  test('refuses a run before it has called KMS', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const ended = await rehearsal.run(update, freeze(rehearsal));
    expect(ended.exitCode).toBe(3);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual([]);
  });
});

describe('the count of logins as kmsuser', () => {
  const store = { CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' } as const;
  const reconnect = ['reconnect', id, '--yes', '--accept'];

  /** Adds a store; gives its cluster and the file of its count. */
  function addStore({ simulator, folder, url }: Rehearsal) {
    simulator.addStore(store);
    const [cluster] = simulator.describeWorld().clusters;
    const clusterId = cluster?.clusterId ?? '';
    mkdirSync(join(folder, 'locks'), { recursive: true });
    return { clusterId, file: join(folder, 'locks', `${nameAlone(clusterId, url)}.logins.json`) };
  }

  test('asks for the risk login before the outage where it cannot be kept', async ({ rehearsal }) => {
    mkdirSync(addStore(rehearsal).file);

    const ended = await rehearsal.run([...reconnect, 'outage']);

    expect([ended.exitCode, ended.json().reason]).toMatchObject([
      3,
      { message: 'not confirmed: --accept login is missing' },
    ]);
    expect(ended.json().checks).toContainEqual({
      check: 'kmsuser-logins',
      status: 'warned',
      risk: 'login',
      message: expect.stringMatching(/logins.json cannot be read \(EINVAL\); five bad logins lock kmsuser$/),
    });
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
    expect((await rehearsal.run([...reconnect, 'outage,login'])).json().outcome).toBe('updated');
  });

  test('is made anew from a torn file where the store is CONNECTED', async ({ rehearsal }) => {
    const { clusterId, file } = addStore(rehearsal);
    writeFileSync(file, '{"cou');
    expect((await rehearsal.run([...reconnect, 'outage'])).json().outcome).toBe('updated');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ clusterId, count: 0, refusedWith: null });
  });

  test('is unknown, and asks for the risk login, where a torn file is that of the new cluster', async ({
    rehearsal,
  }) => {
    const { clusterId } = addStore(rehearsal);
    const other = rehearsal.simulator.addCluster({ restoredFrom: clusterId });
    writeFileSync(join(rehearsal.folder, 'locks', `${nameAlone(other, rehearsal.url)}.logins.json`), '{"cou');

    const move = ['update', id, '--cloud-hsm-cluster-id', other, '--yes', '--accept', 'outage,unverified-keys'];
    const ended = await rehearsal.run(move);

    expect([ended.exitCode, ended.json().reason]).toMatchObject([3, { code: 'CONSENT_MISSING' }]);
    expect(String((ended.json().reason as { message: string }).message)).toMatch(/--accept \S*\blogin\b/);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });
});

describe.skipIf(process.platform === 'win32')('the files that cks writes', () => {
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

  test('are for their user alone, and keep the mode of a file that was there', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const at = (name: string) => join(rehearsal.folder, name);
    writeFileSync(at('shared.json'), '', { mode: 0o644 });
    const rename = ['update', id, '--new-custom-key-store-name', 'renamed'];
    const log = ['--log-file', at('log')];
    await rehearsal.run(['plan', ...rename.slice(1), '--out', at('plan'), ...log]);
    const { runId } = (await rehearsal.run([...rename, '--yes', '--result-file', at('result.json')])).json();
    await rehearsal.run(['runs', 'report', `${runId}`, '--html', at('report.html'), '--markdown', at('report.md')]);
    await rehearsal.run(['describe', id, '--result-file', at('shared.json')]);

    const made = ['plan', 'log', 'result.json', 'report.html', 'report.md'];
    expect(made.map((name) => modeOf(at(name)))).toEqual(made.map(() => '600'));
    expect(modeOf(at('shared.json'))).toBe('644');
  });
});
