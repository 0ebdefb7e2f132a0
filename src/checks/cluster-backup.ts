/**
 * Whether a new cluster was made from a backup that is older than keys of the store: those would not be in it, and what
 * they encrypted could not be decrypted.
 */
import type { Answer } from '../ports/answer.ts';
import type { Clusters } from '../ports/clusters.ts';
import { isServing } from './cloudhsm-cluster.ts';
import { conclude, describeUnseen, type Finding, keyListing, unseen, warned } from './conclude.ts';
import type { BuiltInCheck } from './rights.ts';

/** What it needs of the keys in a store; `hidden`: how many may not be looked at. */
interface KeyAges {
  readonly keys: readonly { readonly createdAtMs: number; readonly keyState: string }[];
  readonly hidden: number;
}

type ListKeys = (customKeyStoreId: string, signal?: AbortSignal) => Promise<Answer<KeyAges>>;

export function createClusterBackupCheck(clusters: Clusters, listKeys: ListKeys): BuiltInCheck {
  return {
    name: 'cluster-backup',
    async run({ customKeyStoreId, settings }, { send: { CloudHsmClusterId: clusterId } }, signal) {
      if (clusterId === undefined || clusterId === settings.CloudHsmClusterId) return null;
      const { CloudHsmClusterId: formerId } = settings;
      const wanted = formerId === undefined ? [clusterId] : [clusterId, formerId];
      const described = await clusters.describe(wanted, signal);
      if (!described.ok) return warn(describeUnseen('cloudhsm:DescribeClusters', described.failure));
      const find = (id: string | undefined) => described.value.find((cluster) => cluster.clusterId === id);
      const backupId = find(clusterId)?.sourceBackupId;
      if (backupId === undefined) return null;
      const [made, listed] = await Promise.all([
        clusters.findBackupTime(backupId, signal),
        listKeys(customKeyStoreId, signal),
      ]);
      if (!made.ok) return warn(describeUnseen('cloudhsm:DescribeBackups', made.failure));
      if (made.value === null) {
        return warn(`${backupId}, of which ${clusterId} was made, is gone: how old it is cannot be seen`);
      }
      if (!listed.ok) return warn(describeUnseen(keyListing, listed.failure));
      return judgeBackup(made.value, listed.value, isServing(find(formerId)));
    },
  };
}

const warn = (message: string): Finding => conclude([unseen(message)]);

/** `isStillServed`: the cluster that the store is on now serves keys, so the move would lose them on purpose. */
export function judgeBackup(madeAtMs: number, { keys, hidden }: KeyAges, isStillServed: boolean): Finding {
  // A key that is pending deletion is given up already.
  const kept = keys.filter(({ keyState }) => keyState !== 'PendingDeletion');
  const lacking = kept.filter(({ createdAtMs }) => createdAtMs > madeAtMs);
  const doubts: string[] = [];
  const unknown: string[] = [];
  const made = `the backup of ${new Date(madeAtMs).toISOString()}`;
  if (lacking.length > 0) {
    doubts.push(`${lacking.length} of ${kept.length} keys are younger than ${made}, so the cluster does not have them`);
  }
  if (hidden > 0)
    unknown.push(`${hidden} keys cannot be described here (kms:DescribeKey): whether ${made} has them cannot be seen`);
  const found = conclude([...doubts.map(warned), ...unknown.map(unseen)], `no key is younger than ${made}`);
  return lacking.length > 0 && isStillServed ? { ...found, risk: 'missing-keys' } : found;
}
