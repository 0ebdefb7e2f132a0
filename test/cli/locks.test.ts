/** Two people, two shells, one store: real processes that meet at the lock, and at the count of logins. */
import { describe, expect } from 'vitest';
import { describeCalls, type Ended, type Rehearsal, testHere as test } from '../support/command.ts';

const id = 'cks-1234567890abcdef0';
const store = { CustomKeyStoreId: id, CustomKeyStoreName: 'store', ConnectionState: 'CONNECTED' } as const;
const external = { ...store, CustomKeyStoreType: 'EXTERNAL_KEY_STORE' } as const;
const messageOf = ({ stderr }: Ended) => stderr.split('\n').find((line) => line.startsWith('cks: '));

/** A run that has the store offline, and stands still there. */
async function standStill({ simulator, start }: Rehearsal) {
  simulator.addStore(external);
  const running = start(['reconnect', id, '--yes', '--accept', 'outage']);
  await running.saw('waiting for DISCONNECTED');
  running.process.kill('SIGSTOP');
  return running;
}

const rename = ['update', 'store', '--new-custom-key-store-name', 'renamed', '--yes', '--accept', 'unfinished-run'];

describe.concurrent('a second process', () => {
  test('is refused the store at once, and told who has it, since when and at what', async ({ rehearsal }) => {
    const first = await standStill(rehearsal);
    const second = await rehearsal.run([...rename, '--state-dir', `${rehearsal.folder}/elsewhere`]);

    expect([second.exitCode, second.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(second)).toMatch(
      new RegExp(
        `^cks: "store" \\(${id}\\) is in use by run \\d{8}-\\d{6}-[0-9a-f]{4} \\(process ${first.process.pid}, since 20\\S+Z, waiting for the store\\)$`,
      ),
    );
    expect(second.json().calls).toEqual({ DescribeCustomKeyStores: 1 });
    first.process.kill('SIGCONT');
    expect((await first.ended).exitCode).toBe(0);
  });

  test('has the store at once when the first was killed', async ({ rehearsal }) => {
    const first = await standStill(rehearsal);
    first.process.kill('SIGKILL');
    await first.ended;
    const second = await rehearsal.run(rename);
    expect([second.exitCode, second.json().outcome]).toEqual([0, 'updated']);
  });

  test('is free to act on another store', async ({ rehearsal }) => {
    const first = await standStill(rehearsal);
    rehearsal.simulator.addStore({
      ...external,
      CustomKeyStoreId: 'cks-00000000000000001',
      CustomKeyStoreName: 'other',
    });
    const second = await rehearsal.run(['update', 'other', '--new-custom-key-store-name', 'renamed', '--yes']);
    expect(second.exitCode).toBe(0);
    first.process.kill('SIGKILL');
  });

  test('is refused where no lock can be taken, before anything is sent', async ({ rehearsal }) => {
    rehearsal.simulator.addStore(store);
    const ended = await rehearsal.run(rename, { CKS_LOCK_DIR: '/dev/null/locks' });
    expect(ended.exitCode).toBe(3);
    expect(messageOf(ended)).toMatch(/^cks: cks cannot take the lock \S+ \(.*\)\. Expected a folder on a local disk/);
    expect(describeCalls(rehearsal.simulator.calls).filter((call) => call !== 'Describe')).toEqual([]);
  });
});

describe.concurrent('--expect-account', () => {
  test.for([
    ['of another account refuses', '999999999999', 3],
    ['of this account lets pass', '111122223333', 0],
  ] as const)('%s', async ([, account, exitCode], { rehearsal }) => {
    rehearsal.simulator.addStore(external);
    const ended = await rehearsal.run([...rename, '--expect-account', account]);
    expect(ended.exitCode).toBe(exitCode);
    if (exitCode === 0) return;
    expect(messageOf(ended)).toContain('the credentials are those of account 111122223333, not of 999999999999');
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });
});

describe.concurrent('kmsuser', () => {
  test('is not logged in by a second run after it was refused in the first, unless the operator says so', async ({
    rehearsal,
  }) => {
    const { simulator, run } = rehearsal;
    const [first] = simulator.describeWorld().clusters;
    const from = first?.clusterId ?? '';
    const broken = simulator.addCluster({ restoredFrom: from, kmsuserPassword: 'other12' });
    simulator.addStore({ ...store, CloudHsmClusterId: from, keys: 1 });
    const move = ['update', id, '--cloud-hsm-cluster-id', broken, '--yes', '--accept'];
    expect((await run([...move, 'outage'])).json().outcome).toBe('rolledBack');

    const callsBefore = simulator.calls.length;
    const second = await run([...move, 'outage']);
    expect([second.exitCode, messageOf(second)]).toEqual([3, 'cks: not confirmed: --accept login is missing']);
    expect(describeCalls(simulator.calls.slice(callsBefore))).toEqual(['Describe']);

    simulator.setKmsuserPassword(broken, simulator.cluster(from).kmsuser.password);
    expect((await run([...move, 'outage,login'])).json().outcome).toBe('updated');
  });
});
