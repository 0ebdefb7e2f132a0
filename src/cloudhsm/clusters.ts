/** The port to AWS CloudHSM. Its package is optional, and loaded with the first question. */
import type { Cluster as ClusterEntry } from '@aws-sdk/client-cloudhsm-v2';
import { createAsk, type Neighbourhood, requestOptions } from '../kms/neighbour.ts';
import type { Cluster, Clusters } from '../ports/clusters.ts';

export function createClusters(neighbourhood: Neighbourhood): Clusters {
  const ask = createAsk(neighbourhood, '@aws-sdk/client-cloudhsm-v2', async (config) => {
    const { CloudHSMV2 } = await import('@aws-sdk/client-cloudhsm-v2');
    return new CloudHSMV2(config);
  });

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
