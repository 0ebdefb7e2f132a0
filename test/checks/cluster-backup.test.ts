import { beforeEach, describe, expect, it } from 'vitest';
import { createClusterBackupCheck, judgeBackup } from '../../src/checks/cluster-backup.ts';
import { type Neighbours, serveNeighbours, startedAtMs } from '../support/services-over-http.ts';

const at = (...createdAtMs: number[]) => createdAtMs.map((ms) => ({ createdAtMs: ms, keyState: 'Enabled' }));

describe('a backup is judged by the keys of the store', () => {
  const made = 'the backup of 1970-01-01T00:00:01.000Z';

  it.each([
    ['that are all older', at(500, 1_000), 0, 'passed', `no key is younger than ${made}`],
    [
      'of which some are younger',
      at(500, 1_500, 2_000),
      0,
      'warned',
      `2 of 3 keys are younger than ${made}, so the cluster does not have them`,
    ],
    [
      'of which some cannot be seen',
      at(500),
      2,
      'warned',
      `2 keys cannot be described here (kms:DescribeKey): whether ${made} has them cannot be seen`,
    ],
  ])('%s', (_what, keys, hidden, status, message) => {
    const isUndecided = hidden > 0 ? { isUndecided: true } : {};
    expect(judgeBackup(1_000, { keys, hidden }, false)).toEqual({ status, message, ...isUndecided });
  });

  it('a backup is judged by the keys of the store and asks for missing-keys while the old cluster serves them', () => {
    expect(judgeBackup(1_000, { keys: at(500, 1_500), hidden: 0 }, true)).toMatchObject({ risk: 'missing-keys' });
    expect(judgeBackup(1_000, { keys: at(500), hidden: 0 }, true)).not.toHaveProperty('risk');
  });

  it('a backup is judged by the keys of the store without those that are pending deletion', () => {
    const given = { createdAtMs: 1_500, keyState: 'PendingDeletion' };
    expect(judgeBackup(1_000, { keys: [...at(500), given], hidden: 0 }, true)).toEqual({
      status: 'passed',
      message: `no key is younger than ${made}`,
    });
  });
});

describe('the check looks at the backup of a new cluster', () => {
  let around: Neighbours;
  let store: string;
  let target: string;

  beforeEach(async () => {
    around = await serveNeighbours();
    const { simulator, ids } = around;
    store = simulator.addStore({ CloudHsmClusterId: ids.first, ConnectionState: 'CONNECTED' });
    target = simulator.addCluster({ restoredFrom: ids.first, backupAtMs: startedAtMs - 60_000 });
  });

  const inventory = { keys: at(startedAtMs), hidden: 0 };
  const observe = (CloudHsmClusterId = target) =>
    around.observe(
      createClusterBackupCheck(around.clusters, async () => ({ ok: true, value: inventory })),
      store,
      { CloudHsmClusterId },
    );

  it('the check looks at the backup of a new cluster and counts the keys that it would lack', async () => {
    expect(await observe()).toEqual({
      status: 'warned',
      message: '1 of 1 keys are younger than the backup of 2025-12-31T23:59:00.000Z, so the cluster does not have them',
      risk: 'missing-keys',
    });
  });

  it('not at one that was made of none, nor where the cluster stays', async () => {
    expect(await observe(around.ids.unrelated)).toBeNull();
    expect(await observe(around.ids.first)).toBeNull();
  });

  it.each(['DescribeClusters', 'DescribeBackups'])(
    'the check looks at the backup of a new cluster and warns where it may not call %s',
    async (operation) => {
      around.deny(operation);
      const message = expect.stringMatching(`^could not run \\(cloudhsm:${operation}\\): .`);
      expect(await observe()).toEqual({ status: 'warned', message, isUndecided: true });
    },
  );

  it('the check looks at the backup of a new cluster and warns where it may not list keys', async () => {
    const failure = { code: 'AccessDeniedException', message: 'not for you', class: 'denied' } as const;
    const check = createClusterBackupCheck(around.clusters, async () => ({ ok: false, failure }));

    expect(await around.observe(check, store, { CloudHsmClusterId: target })).toEqual({
      status: 'warned',
      message: 'could not run (kms:ListKeys, kms:DescribeKey): not for you',
      isUndecided: true,
    });
  });

  it('the check looks at the backup of a new cluster and warns where the backup is gone', async () => {
    const clusters = { ...around.clusters, findBackupTime: async () => ({ ok: true, value: null }) as const };
    const check = createClusterBackupCheck(clusters, async () => ({ ok: true, value: inventory }));

    expect(await around.observe(check, store, { CloudHsmClusterId: target })).toEqual({
      status: 'warned',
      message: expect.stringMatching(
        `^backup-\\w+, of which ${target} was made, is gone: how old it is cannot be seen$`,
      ),
      isUndecided: true,
    });
  });
});
