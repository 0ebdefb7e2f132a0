/** DescribeClusters and DescribeBackups of CloudHSM V2, in the terms of its API model. */

import type { Cluster } from '../../clusters.ts';
import { refuse } from '../../fault.ts';
import { takePage } from '../../paging.ts';
import { writeArn } from '../../partition.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { makeHexId, makeId, securityGroupOf, subnetsOf, vpcOf } from './places.ts';

type Filters = Readonly<Record<string, readonly string[]>>;

/** What a filter is held against, by its name. */
type Filtered<T> = Readonly<Record<string, (entry: T) => string | undefined>>;

type ClusterEntry = NonNullable<Output<'DescribeClusters'>['Clusters']>[number];
type Backup = NonNullable<Output<'DescribeBackups'>['Backups']>[number];

const clusterFilters: Filtered<ClusterEntry> = {
  clusterIds: ({ ClusterId }) => ClusterId,
  vpcIds: ({ VpcId }) => VpcId,
  states: ({ State }) => State,
};

const backupFilters: Filtered<Backup> = {
  backupIds: ({ BackupId }) => BackupId,
  sourceBackupIds: ({ SourceBackup }) => SourceBackup,
  clusterIds: ({ ClusterId }) => ClusterId,
  states: ({ BackupState }) => BackupState,
  neverExpires: ({ NeverExpires }) => `${NeverExpires}`,
};

export function describeClusters(world: World, input: Input<'DescribeClusters'>): Output<'DescribeClusters'> {
  const clusters = [...world.clusters.values()].map(showCluster);
  const { entries, NextToken } = takeFiltered(clusters, clusterFilters, input);
  return { Clusters: entries, ...(NextToken && { NextToken }) };
}

/** The backups that clusters were restored from. One that is the newest is as new as the look at it. */
export function describeBackups(
  world: World,
  input: Input<'DescribeBackups'>,
  nowMs: number,
): Output<'DescribeBackups'> {
  const backups = [...world.clusters.values()]
    .flatMap((cluster) => showBackup(world, cluster, nowMs))
    .sort((one, other) => (other.CreateTimestamp ?? 0) - (one.CreateTimestamp ?? 0));
  if (input.SortAscending) backups.reverse();
  const { entries, NextToken } = takeFiltered(backups, backupFilters, input);
  return { Backups: entries, ...(NextToken && { NextToken }) };
}

function showCluster(cluster: Cluster): ClusterEntry {
  const { id, state, hsmType, mode, restoredFrom, createdAtMs, certificate, subnetMissing } = cluster;
  const { hsmTypeRollbackUntilMs: rollbackUntilMs } = cluster;
  const subnets = subnetsOf(cluster);
  return {
    BackupPolicy: 'DEFAULT',
    BackupRetentionPolicy: { Type: 'DAYS', Value: '90' },
    ClusterId: id,
    CreateTimestamp: createdAtMs / 1000,
    Hsms: Array.from({ length: subnets.length > 0 ? cluster.hsms : 0 }, (_, at) => showHsm(cluster, at)),
    HsmType: hsmType,
    ...(rollbackUntilMs === undefined ? {} : { HsmTypeRollbackExpiration: rollbackUntilMs / 1000 }),
    SecurityGroup: securityGroupOf(cluster),
    ...(restoredFrom === undefined ? {} : { SourceBackupId: makeId('backup', id) }),
    State: state,
    SubnetMapping: Object.fromEntries(
      // The cluster goes on naming a subnet that was deleted.
      subnets.map(({ zone, id: subnetId }, at) => [
        zone,
        subnetMissing && at === 0 ? makeHexId('subnet', id, 'deleted') : subnetId,
      ]),
    ),
    VpcId: vpcOf(cluster),
    NetworkType: 'IPV4',
    Certificates: { ClusterCertificate: certificate },
    Mode: mode,
  };
}

/** HSMs are spread over the zones. */
function showHsm(cluster: Cluster, at: number) {
  const subnets = subnetsOf(cluster);
  const subnet = subnets[at % subnets.length];
  return {
    ...(subnet && { AvailabilityZone: subnet.zone, SubnetId: subnet.id }),
    ClusterId: cluster.id,
    EniId: makeHexId('eni', cluster.id, `${at}`),
    EniIp: `10.0.${at % subnets.length}.${10 + at}`,
    HsmId: makeId('hsm', cluster.id, `${at}`),
    HsmType: cluster.hsmType,
    State: 'ACTIVE',
  } as const;
}

function showBackup(world: World, { id, restoredFrom, backupAtMs, hsmType, mode }: Cluster, nowMs: number): Backup[] {
  if (restoredFrom === undefined) return [];
  const BackupId = makeId('backup', id);
  return [
    {
      BackupId,
      BackupArn: writeArn('cloudhsm', world, `backup/${BackupId}`),
      BackupState: 'READY',
      ClusterId: restoredFrom,
      CreateTimestamp: (backupAtMs ?? nowMs) / 1000,
      NeverExpires: false,
      HsmType: hsmType,
      Mode: mode,
    },
  ];
}

function takeFiltered<T>(
  all: readonly T[],
  filtered: Filtered<T>,
  { Filters: filters = {}, MaxResults, NextToken }: { Filters?: Filters; MaxResults?: number; NextToken?: string },
): { entries: T[]; NextToken?: string } {
  const unknown = Object.keys(filters).find((name) => !Object.hasOwn(filtered, name));
  if (unknown) refuse('CloudHsmInvalidRequestException', `${unknown} is no filter of this operation`);
  const fitting = all
    .map((entry, ordinal) => ({ entry, ordinal }))
    .filter(({ entry }) =>
      Object.entries(filters).every(([name, values]) => values.includes(filtered[name]?.(entry) ?? '')),
    );
  const page = takePage(
    fitting,
    { ...(MaxResults && { Limit: MaxResults }), ...(NextToken && { Marker: NextToken }) },
    'CloudHsmInvalidRequestException',
  );
  return { entries: page.entries.map(({ entry }) => entry), ...(page.NextMarker && { NextToken: page.NextMarker }) };
}
