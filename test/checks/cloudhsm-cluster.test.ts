import { beforeEach, describe, expect, it } from 'vitest';
import { createClusterCheck, judgeCluster } from '../../src/checks/cloudhsm-cluster.ts';
import { failed, warned } from '../../src/checks/conclude.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Cluster } from '../../src/ports/clusters.ts';
import { type Neighbours, serveNeighbours } from '../support/services-over-http.ts';

const active = (...zones: string[]) => zones.map((availabilityZone) => ({ state: 'ACTIVE', availabilityZone }));

const former: Cluster = {
  clusterId: 'cluster-old',
  state: 'ACTIVE',
  hsmType: 'hsm2m.medium',
  mode: 'FIPS',
  hsms: active('a', 'b'),
  subnets: { a: 'subnet-a', b: 'subnet-b' },
  certificate: 'one',
};
const nowMs = Date.UTC(2026, 0, 1);
const canRollBack =
  'cluster-new can still be rolled back to its former HSM type (HsmTypeRollbackExpiration: 2026-01-01T01:00Z): a rollback loses keys and passwords made since the migration, and brings the old password of kmsuser back, which KMS replaces at each connect';
const notShown =
  'not shown by DescribeClusters: the cluster must not require mTLS, and kmsuser must have neither 2FA nor a quorum';
const cluster: Cluster = { ...former, clusterId: 'cluster-new' };

describe('a cluster is judged', () => {
  const fine: object[] = [];
  const problem = (text: string) => [failed(text)];
  const doubt = (text: string) => [warned(text)];
  const changing = (state: string) =>
    `cluster-new is ${state}, not ACTIVE: CloudHSM rejects a new kmsuser password in this state, and KMS sets one at each connect; wait until it is ACTIVE`;

  it.each<[string, Partial<Cluster>, object, object]>([
    ['that is as it should be', {}, fine, fine],
    [
      'that is not active yet',
      { state: 'INITIALIZED' },
      problem('cluster-new is INITIALIZED, not ACTIVE'),
      problem('cluster-new is INITIALIZED, not ACTIVE'),
    ],
    [
      'that is being modified',
      { state: 'MODIFY_IN_PROGRESS' },
      problem(changing('MODIFY_IN_PROGRESS')),
      problem(changing('MODIFY_IN_PROGRESS')),
    ],
    [
      'whose migration is being rolled back',
      { state: 'ROLLBACK_IN_PROGRESS' },
      problem(changing('ROLLBACK_IN_PROGRESS')),
      problem(changing('ROLLBACK_IN_PROGRESS')),
    ],
    [
      'with one active HSM',
      { hsms: [...active('a'), { state: 'CREATE_IN_PROGRESS', availabilityZone: 'b' }] },
      problem('cluster-new has one active HSM, and an update needs two in different Availability Zones'),
      doubt('cluster-new has one active HSM: enough to connect, too few to create keys'),
    ],
    [
      'with two HSMs in one zone',
      { hsms: active('a', 'a') },
      problem(
        'cluster-new has 2 active HSMs, all in one Availability Zone, and an update needs two in different Availability Zones',
      ),
      doubt('cluster-new has 2 active HSMs, all in one Availability Zone: enough to connect, too few to create keys'),
    ],
    ['without HSMs', { hsms: [] }, problem('cluster-new has no active HSM'), problem('cluster-new has no active HSM')],
    [
      'with subnets in one zone',
      { subnets: { a: 'subnet-a' } },
      problem('cluster-new has subnets in one Availability Zone, and two are needed'),
      problem('cluster-new has subnets in one Availability Zone, and two are needed'),
    ],
    [
      'of another history',
      { certificate: 'another' },
      problem('cluster-new is not related to cluster-old: it has another cluster certificate'),
      problem('cluster-new is not related to cluster-old: it has another cluster certificate'),
    ],
    [
      'with HSMs of another type',
      { hsmType: 'hsm1.medium' },
      doubt('cluster-new has HSMs of another type: hsm1.medium, not hsm2m.medium'),
      doubt('cluster-new has HSMs of another type: hsm1.medium, not hsm2m.medium'),
    ],
    [
      'in another mode',
      { mode: 'NON_FIPS' },
      doubt('cluster-new has another mode: NON_FIPS, not FIPS'),
      doubt('cluster-new has another mode: NON_FIPS, not FIPS'),
    ],
    [
      'that can be rolled back to its former HSM type',
      { rollbackUntilMs: nowMs + 3_600_000 },
      doubt(canRollBack),
      doubt(canRollBack),
    ],
    ['whose rollback window is over', { rollbackUntilMs: nowMs }, fine, fine],
  ])('%s', (_what, difference, whenNamed, whenConnected) => {
    expect(judgeCluster({ ...cluster, ...difference }, true, former, nowMs)).toEqual(whenNamed);
    expect(judgeCluster({ ...cluster, ...difference }, false, former, nowMs)).toEqual(whenConnected);
  });

  it('a cluster is judged with doubt where nothing is left to compare it with', () => {
    const told = 'whether cluster-new is related to the cluster of the store cannot be seen';
    expect(judgeCluster(cluster, true, undefined, nowMs)).toEqual(doubt(`${told}: that one does not exist any more`));
    const { certificate: _, ...bare } = former;
    expect(judgeCluster(cluster, true, bare, nowMs)).toEqual(doubt(`${told}: one of them shows no certificate`));
  });
});

describe('the check looks at the cluster', () => {
  let around: Neighbours;
  let store: string;

  beforeEach(async () => {
    around = await serveNeighbours();
    store = around.simulator.addStore({ CloudHsmClusterId: around.ids.first, ConnectionState: 'CONNECTED' });
  });

  const observe = (change: Change, policy: Partial<Policy> = {}) =>
    around.observe(createClusterCheck(around.clusters, { now: () => nowMs }), store, change, policy);

  it('the check looks at the cluster that an update names', async () => {
    const { restored, unrelated, first } = around.ids;
    expect(await observe({ CloudHsmClusterId: restored })).toEqual({
      status: 'passed',
      message: `${restored} is ACTIVE, with 2 active HSMs (hsm2m.medium, mode FIPS)`,
      details: [notShown],
    });
    expect(await observe({ CloudHsmClusterId: unrelated })).toEqual({
      status: 'failed',
      message: `${unrelated} is not related to ${first}: it has another cluster certificate`,
      details: [`${unrelated} is ACTIVE, with 2 active HSMs (hsm2m.medium, mode FIPS)`, notShown],
    });
    expect(await observe({ CloudHsmClusterId: 'cluster-nowherenowh' })).toEqual({
      status: 'failed',
      message: 'cannot find the cluster cluster-nowherenowh in this account and Region',
      curedBy: 'CloudHsmClusterId',
    });
  });

  it('the check looks at the cluster that a reconnect leads to, and tells all that is wrong with it', async () => {
    const { first } = around.ids;
    const id = around.simulator.addCluster({ restoredFrom: first, state: 'UNINITIALIZED', hsms: 0 });
    expect(await observe({}, { intent: 'reconnect' })).toMatchObject({ status: 'passed' });
    expect(await observe({ CloudHsmClusterId: id })).toEqual({
      status: 'failed',
      message: `${id} is UNINITIALIZED, not ACTIVE; ${id} has no active HSM`,
      details: [`${id} is UNINITIALIZED, with 0 active HSMs (hsm2m.medium, mode FIPS)`, notShown],
    });
  });

  it('the check looks at the cluster and warns as long as a migration of its HSMs can be rolled back', async () => {
    const { first } = around.ids;
    around.simulator.cluster(first).hsmTypeRollbackUntilMs = nowMs + 3_600_000;
    expect(await observe({}, { intent: 'reconnect' })).toMatchObject({
      status: 'warned',
      message: canRollBack.replace('cluster-new', first),
    });
  });

  it('not for a change that never connects, nor for another kind of store', async () => {
    const external = around.simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      ConnectionState: 'CONNECTED',
    });
    const check = createClusterCheck(around.clusters, { now: () => nowMs });
    expect(await observe({ NewCustomKeyStoreName: 'renamed' })).toBeNull();
    expect(await around.observe(check, external, {}, { intent: 'reconnect' })).toBeNull();
  });

  it('the check looks at the cluster and says so where it may not', async () => {
    around.deny('DescribeClusters');
    expect(await observe({}, { intent: 'reconnect' })).toEqual({
      status: 'unknown',
      message: expect.stringMatching(/^could not run \(cloudhsm:DescribeClusters\): ./),
    });
  });
});
