/** The port to the clusters of AWS CloudHSM. */
import type { Cluster as ClusterEntry, DescribeClustersResponse } from '@aws-sdk/client-cloudhsm-v2';
import { turnPages } from '../../domain/pages.ts';
import type { Cluster, Clusters } from '../../ports/clusters.ts';
import { readBody } from './all-members.ts';
import type { AskCloudHsm } from './client.ts';

export function createClusters(ask: AskCloudHsm): Clusters {
  return {
    describe: (clusterIds, signal) =>
      ask(async (cloudHsm, options) => {
        // As few as are asked for come in one page.
        const filter = { Filters: { clusterIds: [...clusterIds] } };
        return readClusters(await cloudHsm.describeClusters(filter, options));
      }, signal),

    listRelated: (clusterId, signal) =>
      ask(async (cloudHsm, options) => {
        const clusters: Cluster[] = [];
        await turnPages<string>(async (token) => {
          const page = token === undefined ? {} : { NextToken: token };
          const answer = await cloudHsm.describeClusters(page, options);
          clusters.push(...readClusters(answer));
          return answer.NextToken;
        });
        const certificate = clusters.find((cluster) => cluster.clusterId === clusterId)?.certificate;
        return clusters.filter(
          (cluster) =>
            cluster.clusterId !== clusterId && certificate !== undefined && cluster.certificate === certificate,
        );
      }, signal),

    findBackupTime: (backupId, signal) =>
      ask(async (cloudHsm, options) => {
        const filter = { Filters: { backupIds: [backupId] } };
        const { Backups: [backup] = [] } = await cloudHsm.describeBackups(filter, options);
        return backup?.CreateTimestamp?.getTime() ?? null;
      }, signal),
  };
}

/** Members of a cluster that older versions of the SDK do not know. HsmTypeRollbackExpiration: seconds since the epoch. */
interface NewMembers {
  readonly ClusterId?: string;
  readonly Mode?: string;
  readonly HsmTypeRollbackExpiration?: number;
}

function readClusters(answer: DescribeClustersResponse): readonly Cluster[] {
  const { Clusters: whole = [] } = readBody(answer) as { readonly Clusters?: readonly NewMembers[] };
  return (answer.Clusters ?? [])
    .filter(({ State }) => State !== 'DELETED')
    .map((entry) => readCluster(entry, whole.find(({ ClusterId }) => ClusterId === entry.ClusterId) ?? {}));
}

function readCluster(entry: ClusterEntry, { Mode, HsmTypeRollbackExpiration: rollbackUntil }: NewMembers): Cluster {
  const certificate = entry.Certificates?.ClusterCertificate;
  return {
    clusterId: entry.ClusterId ?? '',
    state: entry.State ?? 'unknown',
    hsmType: entry.HsmType ?? 'unknown',
    mode: Mode ?? 'unknown',
    ...(rollbackUntil === undefined ? {} : { rollbackUntilMs: rollbackUntil * 1_000 }),
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
