/** `--fence`: its plan, progress and result in the real process. */
import { describe, expect } from 'vitest';
import { external, storeId as id, type Rehearsal, testHere as test } from '../support/command.ts';
import { ageJournals, listRunIds } from '../support/kill-command.ts';

const endpoint = 'https://new.xks.example.com';
const skipped = ['--skip-check', 'xks-proxy', '--skip-check', 'external-keys', '--skip-check', 'same-keys'];
const move = [id, '--xks-proxy-uri-endpoint', endpoint, '--fence', 'always', ...skipped];
const accepted = ['--yes', '--accept', 'outage,unverified-keys,no-rollback,disable-keys'];

function addExternal({ simulator }: Rehearsal) {
  simulator.addStore(external);
  simulator.addProxy({ endpoint });
  const canaryKey = simulator.addKey(id, { AliasName: `alias/cks-canary-${id}` });
  return { canaryKey, keys: ['alias/pay', 'alias/sign'].map((AliasName) => simulator.addKey(id, { AliasName })) };
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

  test('adds no risk where no application uses a key of the store', async ({ rehearsal }) => {
    for (const KeyId of addExternal(rehearsal).keys) rehearsal.simulator.call('DisableKey', { KeyId });
    const { stdout } = await rehearsal.run(['plan', ...move, '--output', 'text', '--verbose']);
    expect(stdout).toContain('no key to disable');
    expect(stdout).not.toContain('Risk disable-keys');
  });

  test('has no canary key where the alias names a key that is not enabled', async ({ rehearsal }) => {
    rehearsal.simulator.call('DisableKey', { KeyId: addExternal(rehearsal).canaryKey });
    const { stdout } = await rehearsal.run(['plan', ...move, '--output', 'text', '--verbose']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`alias/cks-canary-${id} names no enabled key of this store`);
    expect(stdout).toContain('Risk exposure');
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

  test('whose keys could not be enabled is named by runs, report and doctor until a resume has enabled them', async ({
    rehearsal,
  }) => {
    addExternal(rehearsal);
    const { simulator, run } = rehearsal;
    // Each key, the canary key among them, is shown to be allowed before the outage; afterwards none is enabled.
    simulator.failNext('EnableKey', 'AccessDeniedException', { nth: 4, times: 'always' });
    const stranded = await run(['update', ...move, ...accepted]);
    const { runId } = stranded.json() as { readonly runId: string };
    const { fence } = stranded.json() as { readonly fence: { readonly keys: { readonly keyId: string }[] } };
    const enable = fence.keys.map(({ keyId }) => `aws kms enable-key --key-id ${keyId} --region us-east-1`);
    expect([stranded.exitCode, enable.length]).toEqual([5, 2]);

    const doctor = await run(['doctor', id]);
    expect(doctor.exitCode).toBe(3);
    expect(doctor.json()).toMatchObject({
      verdict: `run ${runId} has left 2 of its keys disabled, and it is CONNECTED`,
      next: [`cks resume ${runId}`],
      disabledKeys: enable.map((command) => ({ runId, enable: command })),
    });
    const shown = await Promise.all([
      run(['doctor', id, '--output', 'text']),
      run(['runs', 'show', runId, '--output', 'text']),
      run(['runs', 'report', runId]),
    ]);
    for (const { stdout } of shown)
      for (const words of [...enable, `cks resume ${runId}`]) expect(stdout).toContain(words);
    expect(shown[2]?.stdout).toContain('| DISABLED |');
    const list = await run(['runs', '--output', 'text']);
    expect(list.stdout.replace(/\s+/g, ' ')).toContain(
      `it has left 2 keys disabled; to verify and enable: cks resume ${runId}`,
    );
    // The store is CONNECTED, but the journal is still needed.
    ageJournals(rehearsal.folder, 2 * 3_600_000);
    expect((await run(['runs', 'prune', '--older-than', '1h'])).json()).toEqual({ removed: [] });

    simulator.clearFaults();
    // A run that knows nothing of these keys begins only where that is accepted, and settles nothing of them.
    const rename = ['update', id, '--new-custom-key-store-name', 'renamed', '--yes'];
    const refused = await run(rename);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toContain(`run ${runId} has left 2 keys of this store disabled, by its journal`);
    expect((await run([...rename, '--accept', 'unfinished-run'])).exitCode).toBe(0);
    expect((await run(['doctor', id])).json()).toMatchObject({ disabledKeys: [{ runId }, { runId }] });
    ageJournals(rehearsal.folder, 2 * 3_600_000);
    expect((await run(['runs', 'prune', '--older-than', '1h'])).stdout).not.toContain(runId);

    // A resume that is refused leaves them as they are, to be named by the run that can be resumed.
    simulator.failNext('DescribeCustomKeyStores', 'ExpiredTokenException', { times: 'always' });
    expect((await run(['resume', runId, '--yes'])).exitCode).toBe(3);
    simulator.clearFaults();
    expect((await run(['doctor', id])).json()).toMatchObject({ next: [`cks resume ${runId}`] });

    const resumed = await run(['resume', runId, '--yes', '--accept', 'outage']);
    expect(resumed.json()).toMatchObject({
      outcome: 'stranded',
      reason: { code: 'STORE_CHANGED' },
      fence: { keys: [{ state: 'enabled' }, { state: 'enabled' }] },
    });
    const [latest, earlier] = (await run(['runs'])).json().runs as { readonly disabledKeys: string[] }[];
    expect([latest?.disabledKeys, earlier?.disabledKeys]).toEqual([[], []]);
    expect((await run(['doctor', id])).json()).toMatchObject({ isWell: true, disabledKeys: [] });
  });

  test('names no command that enables a key while a run is at work, and says by what a key may be disabled after a kill', async ({
    rehearsal,
  }) => {
    addExternal(rehearsal);
    const { run, start, folder } = rehearsal;
    const running = start(['update', ...move, ...accepted]);
    await running.saw('waiting for DISCONNECTED');
    running.process.kill('SIGSTOP');
    const [runId = ''] = listRunIds(folder);

    const resumed = await run(['resume', runId, '--yes', '--accept', 'outage']);
    expect([resumed.exitCode, resumed.json()]).toMatchObject([3, { outcome: 'refused', reason: { code: 'LOCKED' } }]);
    const looks = [
      resumed,
      await run(['resume', runId, '--yes', '--accept', 'outage', '--output', 'text']),
      await run(['doctor', id]),
      await run(['doctor', id, '--output', 'text']),
      await run(['runs', '--output', 'text']),
      await run(['runs', 'show', runId, '--output', 'text']),
      await run(['runs', 'report', runId]),
    ];
    for (const { stdout, stderr } of looks) {
      expect(stdout + stderr).not.toContain('enable-key');
      expect(stdout).not.toContain('✗ Disabled');
    }

    running.process.kill('SIGKILL');
    await running.ended;
    const list = await run(['runs', '--output', 'text']);
    expect(list.stdout.replace(/\s+/g, ' ')).toContain(
      `by its journal, it may have left 2 keys disabled; to verify and enable: cks resume ${runId}`,
    );
    const left = [
      await run(['runs', 'show', runId, '--output', 'text']),
      await run(['runs', 'report', runId]),
      await run(['doctor', id, '--output', 'text']),
    ];
    expect(left[0]?.stdout).toContain('these keys may be disabled');
    // Nor after it, where it could not say any more what it saw of the key source.
    for (const { stdout } of left) expect(stdout).not.toContain('enable-key');
  });
});
