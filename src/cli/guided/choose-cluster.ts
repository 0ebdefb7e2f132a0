/** Offers the clusters that share a backup history with that of the store: KMS accepts no other one. */
import type { KeyStore } from '../../domain/key-store.ts';
import type { Cluster } from '../../ports/clusters.ts';
import { loadVerb, readConnection } from '../input/session.ts';
import type { OptionValues } from '../options/option-values.ts';
import type { Offers } from '../terminal/asking/asking.ts';
import type { Ask } from './ask.ts';

const another = 'another';

/** Undefined: the id of the cluster is to be typed. `place`: with profile and Region. */
export async function chooseCluster(
  ask: Ask,
  place: OptionValues,
  { settings }: KeyStore,
): Promise<string | undefined> {
  const { CloudHsmClusterId: now } = settings;
  if (now === undefined) return undefined;
  const { findRelatedClusters } = await loadVerb(() => import('../../library/related-clusters.ts'));
  const found = await ask.wait(findRelatedClusters(readConnection(place), now));
  if (!found.ok) {
    ask.say(`The clusters could not be listed: ${found.failure.message}`);
    return undefined;
  }
  if (found.value.length === 0) {
    ask.say(`No other cluster of this account and Region shares a backup history with ${now}.`);
    return undefined;
  }
  const clusters = found.value.map((cluster) => [cluster.clusterId, describeCluster(cluster)] as const);
  const offers: Offers<string> = [[another, 'a cluster that is not listed'], ...clusters];
  const chosen = await ask.pick('New CloudHSM cluster', offers, another);
  return chosen === another ? undefined : chosen;
}

function describeCluster({ clusterId, state, hsms, sourceBackupId }: Cluster): string {
  const active = hsms.filter((hsm) => hsm.state === 'ACTIVE').length;
  const count = `${active} active ${active === 1 ? 'HSM' : 'HSMs'}`;
  return [clusterId, state, count, ...(sourceBackupId === undefined ? [] : [`from ${sourceBackupId}`])].join('  ');
}
