/** The port to the clusters of AWS CloudHSM. */
import type { Cluster as ClusterEntry } from '@aws-sdk/client-cloudhsm-v2';
import { requestOptions } from '../kms/neighbour.ts';
import type { Cluster, Clusters } from '../ports/clusters.ts';
import type { AskCloudHsm } from './client.ts';

export function createClusters(ask: AskCloudHsm): Clusters {
  return {
    describe: (clusterIds, signal) =>
      ask(async (cloudHsm) => {
        // As few as are asked for come in one page.
        const filter = { Filters: { clusterIds: [...clusterIds] } };
        const { Clusters: entries = [] } = await cloudHsm.describeClusters(filter, requestOptions(signal));
        return entries.filter(({ State }) => State !== 'DELETED').map(readCluster);
      }),

    findBackupTime: (backupId, signal) =>
      ask(async (cloudHsm) => {
        const filter = { Filters: { backupIds: [backupId] } };
        const { Backups: [backup] = [] } = await cloudHsm.describeBackups(filter, requestOptions(signal));
        return backup?.CreateTimestamp?.getTime() ?? null;
      }),
  };
}

function readCluster(entry: ClusterEntry): Cluster {
  const certificate = entry.Certificates?.ClusterCertificate;
  return {
    clusterId: entry.ClusterId ?? '',
    state: entry.State ?? 'unknown',
    hsmType: entry.HsmType ?? 'unknown',
    hsms: (entry.Hsms ?? []).map(({ State = 'unknown', AvailabilityZone = 'unknown' }) => ({
      state: State,
      availabilityZone: AvailabilityZone,
    })),
    subnets: entry.SubnetMapping ?? {},
    ...(entry.SecurityGroup ? { securityGroupId: entry.SecurityGroup } : {}),
    ...(certificate ? { certificate } : {}),
    ...(entry.SourceBackupId ? { sourceBackupId: entry.SourceBackupId } : {}),
  };
}
