import { beforeEach, describe, expect, it } from 'vitest';
import { type Neighbours, serveNeighbours, startedAtMs } from '../../support/services-over-http.ts';

let around: Neighbours;

beforeEach(async () => {
  around = await serveNeighbours();
});

describe('clusters as CloudHSM tells of them', () => {
  it('are those that were asked for and exist', async () => {
    const { clusters, ids, simulator } = around;
    simulator.cluster(ids.first).state = 'DELETED';
    simulator.cluster(ids.restored).mode = 'NON_FIPS';
    simulator.cluster(ids.restored).hsmTypeRollbackUntilMs = startedAtMs + 3_600_000;

    expect(await clusters.describe([ids.first, ids.restored, 'cluster-nowherenowh'])).toEqual({
      ok: true,
      value: [
        {
          clusterId: ids.restored,
          state: 'ACTIVE',
          hsmType: 'hsm2m.medium',
          mode: 'NON_FIPS',
          rollbackUntilMs: startedAtMs + 3_600_000,
          hsms: [
            { state: 'ACTIVE', availabilityZone: 'us-east-1a' },
            { state: 'ACTIVE', availabilityZone: 'us-east-1b' },
          ],
          subnets: {
            'us-east-1a': expect.stringMatching(/^subnet-/),
            'us-east-1b': expect.stringMatching(/^subnet-/),
          },
          securityGroupId: expect.stringMatching(/^sg-/),
          certificate: simulator.cluster(ids.first).certificate,
          sourceBackupId: expect.stringMatching(/^backup-/),
        },
      ],
    });
  });

  it('come after one failure of CloudHSM, and are not asked for without end', async () => {
    const { clusters, ids, simulator } = around;
    const fail = (times: number) => simulator.failNext('DescribeClusters', 'KMSInternalException', { times });
    fail(1);
    expect(await clusters.describe([ids.first])).toMatchObject({ ok: true });
    fail(100);
    expect(await clusters.describe([ids.first])).toMatchObject({ ok: false, failure: { class: 'unclear' } });
  });

  it('are not waited for once somebody stops the run', async () => {
    const { clusters, ids, simulator } = around;

    expect(await clusters.describe([ids.first], AbortSignal.abort())).toMatchObject({
      ok: false,
      failure: { code: 'AbortError' },
    });
    expect(simulator.calls).toEqual([]);
  });
});

describe('the time of a backup', () => {
  it('is that of the backup that a cluster was made from, and null for one that is gone', async () => {
    const { clusters, ids, simulator } = around;
    const backupAtMs = startedAtMs - 3_600_000;
    const id = simulator.addCluster({ restoredFrom: ids.first, backupAtMs });
    const described = await clusters.describe([id]);
    const backupId = described.ok ? (described.value[0]?.sourceBackupId ?? '') : '';

    expect(await clusters.findBackupTime(backupId)).toEqual({ ok: true, value: backupAtMs });
    expect(await clusters.findBackupTime('backup-nowherenowh')).toEqual({ ok: true, value: null });
  });
});
