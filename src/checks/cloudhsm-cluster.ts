/**
 * Whether KMS will accept the CloudHSM cluster that a plan connects the store to.
 *
 * Sources: the KMS API reference, the exceptions CloudHsmCluster... of UpdateCustomKeyStore and ConnectCustomKeyStore; the
 * KMS Developer Guide, create-keystore; the CloudHSM User Guide, "Migrating from hsm1.medium to hsm2m.medium".
 */
import { formatInstant } from '../domain/duration.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster, Clusters } from '../ports/clusters.ts';
import { conclude, describeUnseen, failed, type Note, passed, warned } from './conclude.ts';
import { findCluster } from './led-to.ts';
import type { BuiltInCheck } from './rights.ts';

export function createClusterCheck(clusters: Clusters, clock: Pick<Clock, 'now'>): BuiltInCheck {
  return {
    name: 'cloudhsm-cluster',
    checksRollback: true,
    async run(store, plan, signal) {
      const clusterId = findCluster(store, plan);
      if (clusterId === undefined) return null;
      const { CloudHsmClusterId: formerId = clusterId } = store.settings;
      const answer = await clusters.describe([...new Set([clusterId, formerId])], signal);
      if (!answer.ok)
        return { status: 'unknown', message: describeUnseen('cloudhsm:DescribeClusters', answer.failure) };
      const find = (id: string) => answer.value.find((cluster) => cluster.clusterId === id);
      const cluster = find(clusterId);
      if (cluster === undefined) {
        return {
          status: 'failed',
          message: `cannot find the cluster ${clusterId} in this account and Region`,
          curedBy: 'CloudHsmClusterId',
        };
      }
      const isNamed = plan.send.CloudHsmClusterId !== undefined;
      const noticed = judgeCluster(cluster, isNamed, formerId === clusterId ? cluster : find(formerId), clock.now());
      return conclude([...noticed, passed(describe(cluster)), passed(notShown)]);
    },
  };
}

/** Whether KMS can use keys in it now. */
export function isServing(cluster: Cluster | undefined): boolean {
  return cluster !== undefined && servingStates.includes(cluster.state) && countActive(cluster) > 0;
}

function describe(cluster: Cluster): string {
  const { clusterId, state, hsmType, mode } = cluster;
  return `${clusterId} is ${state}, with ${countActive(cluster)} active HSMs (${hsmType}, mode ${mode})`;
}

/** Requirements of KMS that no API answers. */
const notShown =
  'not shown by DescribeClusters: the cluster must not require mTLS, and kmsuser must have neither 2FA nor a quorum';

/** `isNamed`: an update tells KMS of it, which takes more than a connect. `former`: the cluster that holds the keys now. */
export function judgeCluster(
  cluster: Cluster,
  isNamed: boolean,
  former: Cluster | undefined,
  nowMs: number,
): readonly Note[] {
  const { clusterId } = cluster;
  const notes: Note[] = [];

  if (changingStates.includes(cluster.state)) {
    const why = 'CloudHSM rejects a new kmsuser password in this state, and KMS sets one at each connect';
    notes.push(failed(`${clusterId} is ${cluster.state}, not ACTIVE: ${why}; wait until it is ACTIVE`));
  } else if (cluster.state !== 'ACTIVE') notes.push(failed(`${clusterId} is ${cluster.state}, not ACTIVE`));

  const zones = Object.keys(cluster.subnets).length;
  if (zones < 2) notes.push(failed(`${clusterId} has subnets in ${countZones(zones)}, and two are needed`));

  const active = countActive(cluster);
  const activeZones = new Set(cluster.hsms.filter(isActive).map(({ availabilityZone }) => availabilityZone)).size;
  if (active === 0) notes.push(failed(`${clusterId} has no active HSM`));
  else if (activeZones < 2) {
    const told = active === 1 ? 'one active HSM' : `${active} active HSMs, all in one Availability Zone`;
    if (isNamed)
      notes.push(failed(`${clusterId} has ${told}, and an update needs two in different Availability Zones`));
    else notes.push(warned(`${clusterId} has ${told}: enough to connect, too few to create keys`));
  }

  if (former?.certificate === undefined || cluster.certificate === undefined) {
    const why = former === undefined ? 'that one does not exist any more' : 'one of them shows no certificate';
    notes.push(warned(`whether ${clusterId} is related to the cluster of the store cannot be seen: ${why}`));
  } else if (former.certificate !== cluster.certificate) {
    notes.push(failed(`${clusterId} is not related to ${former.clusterId}: it has another cluster certificate`));
  }
  if (former !== undefined && former.hsmType !== cluster.hsmType) {
    notes.push(warned(`${clusterId} has HSMs of another type: ${cluster.hsmType}, not ${former.hsmType}`));
  }
  if (former !== undefined && former.mode !== cluster.mode) {
    notes.push(warned(`${clusterId} has another mode: ${cluster.mode}, not ${former.mode}`));
  }
  const { rollbackUntilMs = 0 } = cluster;
  if (nowMs < rollbackUntilMs) {
    const until = `HsmTypeRollbackExpiration: ${formatInstant(rollbackUntilMs)}`;
    const why =
      'a rollback loses keys and passwords made since the migration, and brings the old password of kmsuser back, which KMS replaces at each connect';
    notes.push(warned(`${clusterId} can still be rolled back to its former HSM type (${until}): ${why}`));
  }
  return notes;
}

const changingStates: readonly string[] = ['MODIFY_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'];

const servingStates = ['ACTIVE', 'UPDATE_IN_PROGRESS', 'DEGRADED', ...changingStates];

const isActive = ({ state }: { readonly state: string }) => state === 'ACTIVE';

function countActive({ hsms }: Cluster): number {
  return hsms.filter(isActive).length;
}

function countZones(count: number): string {
  return count === 1 ? 'one Availability Zone' : 'no Availability Zone';
}
