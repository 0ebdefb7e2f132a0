/** What a check needs of AWS CloudHSM: clusters as they are described, and the backups that they were made from. */
import type { Answer } from './answer.ts';

export interface Hsm {
  readonly state: string;
  readonly availabilityZone: string;
}

export interface Cluster {
  readonly clusterId: string;
  readonly state: string;
  readonly hsmType: string;
  /** `FIPS` or `NON_FIPS`. */
  readonly mode: string;
  /** Until when it can be rolled back to the HSM type that it was migrated from; absent: it cannot. */
  readonly rollbackUntilMs?: number;
  readonly hsms: readonly Hsm[];
  /** Ids by Availability Zone. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly securityGroupId?: string;
  /** Clusters with the same one are related: they share a backup history. A cluster has one once it is initialized. */
  readonly certificate?: string;
  /** The backup that it was made from. */
  readonly sourceBackupId?: string;
}

export interface Clusters {
  /** Those of them that exist in this account and Region, in any order. */
  describe(clusterIds: readonly string[], signal?: AbortSignal): Promise<Answer<readonly Cluster[]>>;
  /** Of the other clusters of this account and Region, those that share a backup history with this one. */
  listRelated(clusterId: string, signal?: AbortSignal): Promise<Answer<readonly Cluster[]>>;
  /** When the backup was made; null: there is no such backup any more. */
  findBackupTime(backupId: string, signal?: AbortSignal): Promise<Answer<number | null>>;
}
