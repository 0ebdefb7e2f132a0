/** The port to the clusters of AWS CloudHSM. */
import type { Cluster as ClusterEntry } from '@aws-sdk/client-cloudhsm-v2';
import type { Cluster, Clusters } from '../ports/clusters.ts';
import type { AskCloudHsm } from './client.ts';

export function createClusters(ask: AskCloudHsm): Clusters {
  return {
    describe: (clusterIds, signal) =>
      ask(async (cloudHsm, options) => {
        // As few as are asked for come in one page.
        const filter = { Filters: { clusterIds: [...clusterIds] } };
        const { Clusters: entries = [] } = await cloudHsm.describeClusters(filter, options);
        return entries.filter(({ State }) => State !== 'DELETED').map(readCluster);
      }, signal),

    findBackupTime: (backupId, signal) =>
      ask(async (cloudHsm, options) => {
        const filter = { Filters: { backupIds: [backupId] } };
        const { Backups: [backup] = [] } = await cloudHsm.describeBackups(filter, options);
        return backup?.CreateTimestamp?.getTime() ?? null;
      }, signal),
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
