/**
 * Whether the CloudHSM cluster that a store is led to is one that KMS will take.
 *
 * Source: the KMS API reference, the exceptions CloudHsmCluster... of UpdateCustomKeyStore and ConnectCustomKeyStore.
 */
import type { Check } from '../ports/checks.ts';
import type { Cluster, Clusters } from '../ports/clusters.ts';
import { conclude, type Noticed, tellUnseen } from './conclude.ts';
import { findCluster } from './led-to.ts';

export function createClusterCheck(clusters: Clusters): Check {
  return {
    name: 'cloudhsm-cluster',
    looksBack: true,
    async look(store, plan, signal) {
      const clusterId = findCluster(store, plan);
      if (clusterId === undefined) return null;
      const { CloudHsmClusterId: formerId = clusterId } = store.settings;
      const answer = await clusters.describe([...new Set([clusterId, formerId])], signal);
      if (!answer.ok) return { status: 'unknown', message: tellUnseen('cloudhsm:DescribeClusters', answer.failure) };
      const find = (id: string) => answer.value.find((cluster) => cluster.clusterId === id);
      const cluster = find(clusterId);
      if (cluster === undefined) {
        return { status: 'failed', message: `there is no cluster ${clusterId} in this account and Region` };
      }
      const isNamed = plan.send.CloudHsmClusterId !== undefined;
      const noticed = judgeCluster(cluster, isNamed, formerId === clusterId ? cluster : find(formerId));
      return conclude(
        [noticed],
        `${clusterId} is active, with ${countActive(cluster)} active HSMs (${cluster.hsmType})`,
      );
    },
  };
}

/** `isNamed`: an update tells KMS of it, which takes more than a connect. `former`: the cluster that holds the keys now. */
export function judgeCluster(cluster: Cluster, isNamed: boolean, former: Cluster | undefined): Noticed {
  const { clusterId } = cluster;
  const problems: string[] = [];
  const doubts: string[] = [];

  if (cluster.state === 'MODIFY_IN_PROGRESS') {
    doubts.push(`${clusterId} is being modified, and KMS may not be able to log in until that has ended`);
  } else if (cluster.state !== 'ACTIVE') problems.push(`${clusterId} is ${cluster.state}, not ACTIVE`);

  const zones = Object.keys(cluster.subnets).length;
  if (zones < 2) problems.push(`${clusterId} has subnets in ${countZones(zones)}, and two are needed`);

  const active = countActive(cluster);
  const activeZones = new Set(cluster.hsms.filter(isActive).map(({ availabilityZone }) => availabilityZone)).size;
  if (active === 0) problems.push(`${clusterId} has no active HSM`);
  else if (activeZones < 2) {
    const told = active === 1 ? 'one active HSM' : `${active} active HSMs, all in one Availability Zone`;
    if (isNamed) problems.push(`${clusterId} has ${told}, and an update needs two in different Availability Zones`);
    else doubts.push(`${clusterId} has ${told}: enough to connect, too few to create keys`);
  }

  if (former?.certificate === undefined || cluster.certificate === undefined) {
    const why = former === undefined ? 'that one does not exist any more' : 'one of them shows no certificate';
    doubts.push(`whether ${clusterId} is related to the cluster of the store cannot be seen: ${why}`);
  } else if (former.certificate !== cluster.certificate) {
    problems.push(`${clusterId} is not related to ${former.clusterId}: it has another cluster certificate`);
  }
  if (former !== undefined && former.hsmType !== cluster.hsmType) {
    doubts.push(`${clusterId} has HSMs of another type: ${cluster.hsmType}, not ${former.hsmType}`);
  }
  return { problems, doubts };
}

const isActive = ({ state }: { readonly state: string }) => state === 'ACTIVE';

function countActive({ hsms }: Cluster): number {
  return hsms.filter(isActive).length;
}

function countZones(count: number): string {
  return count === 1 ? 'one Availability Zone' : 'no Availability Zone';
}
