/** The clusters that a CloudHSM key store could move to, which no run has a use for. */
import type { Answer } from '../ports/answer.ts';
import type { Cluster } from '../ports/clusters.ts';
import { type ConnectionOptions, connect } from './wiring/connection.ts';

export async function findRelatedClusters(
  options: ConnectionOptions,
  clusterId: string,
): Promise<Answer<readonly Cluster[]>> {
  const { clusters } = await connect(options);
  return clusters.listRelated(clusterId);
}
