/**
 * Whether KMS finds room and an open way in the network of the cluster that a store is led to. It is looked at where EC2
 * may be asked.
 *
 * Source: the KMS Developer Guide, fix-keystore (one free address in each private subnet, two are better; TCP 2223-2225
 * within the security group of the cluster, both ways).
 */
import type { KeyStore } from '../domain/key-store.ts';
import type { Cluster, Clusters } from '../ports/clusters.ts';
import type { Network, SecurityGroup, SecurityRule, Subnet } from '../ports/network.ts';
import { conclude, describeUnseen, failed, type Note, unseen, warned } from './conclude.ts';
import { findCluster } from './led-to.ts';
import type { BuiltInCheck } from './rights.ts';

export function createClusterNetworkCheck(clusters: Clusters, network: Network): BuiltInCheck {
  return {
    name: 'cluster-network',
    async run(store, plan, signal) {
      const clusterId = findCluster(store, plan);
      if (clusterId === undefined) return null;
      const described = await clusters.describe([clusterId], signal);
      if (!described.ok) {
        return conclude([unseen(describeUnseen('cloudhsm:DescribeClusters', described.failure))]);
      }
      const [cluster] = described.value;
      if (cluster === undefined) return null;
      const notes = await Promise.all([
        lookAtSubnets(network, cluster, holdsAddresses(store, clusterId), signal),
        lookAtGroup(network, cluster, signal),
      ]);
      return conclude(notes.flat(), `the subnets of ${clusterId} have free addresses, its ports are open`);
    },
  };
}

/** A store that is CONNECTED has an address of each subnet, and gives it back when it is disconnected. */
function holdsAddresses({ connectionState, settings }: KeyStore, clusterId: string): boolean {
  return connectionState === 'CONNECTED' && settings.CloudHsmClusterId === clusterId;
}

async function lookAtSubnets(
  network: Network,
  { subnets }: Cluster,
  holds: boolean,
  signal: AbortSignal,
): Promise<readonly Note[]> {
  const wanted = Object.values(subnets);
  const answer = await network.describeSubnets(wanted, signal);
  if (answer.ok) return judgeSubnets(wanted, answer.value, holds);
  return [unseen(describeUnseen('ec2:DescribeSubnets', answer.failure))];
}

async function lookAtGroup(network: Network, cluster: Cluster, signal: AbortSignal): Promise<readonly Note[]> {
  const { clusterId, securityGroupId } = cluster;
  if (securityGroupId === undefined) return [failed(`${clusterId} has no security group`)];
  const answer = await network.describeSecurityGroup(securityGroupId, signal);
  if (!answer.ok) return [unseen(describeUnseen('ec2:DescribeSecurityGroups', answer.failure))];
  if (answer.value !== null) return judgeGroup(answer.value);
  return [failed(`the security group ${securityGroupId} of ${clusterId} does not exist`)];
}

/** `holdsAddresses`: KMS has one in each subnet now, and needs it again. */
export function judgeSubnets(
  wanted: readonly string[],
  found: readonly Subnet[],
  holdsAddresses: boolean,
): readonly Note[] {
  const missing = wanted.filter((id) => !found.some(({ subnetId }) => subnetId === id));
  const describe = ({ subnetId, availabilityZone, freeAddresses }: Subnet) =>
    `the subnet ${subnetId} in ${availabilityZone} has ${freeAddresses === 0 ? 'no' : 'one'} free address`;
  const full = found.filter(({ freeAddresses }) => freeAddresses === 0);
  const scarce = found.filter(({ freeAddresses }) => freeAddresses === 1);
  return [
    ...missing.map((id) => failed(`the subnet ${id} of the cluster does not exist any more`)),
    ...full.map((subnet) =>
      holdsAddresses
        ? warned(`${describe(subnet)} except the one that KMS releases during the disconnect`)
        : failed(`${describe(subnet)}, and KMS needs one`),
    ),
    ...scarce.map((subnet) => warned(`${describe(subnet)}; two are better`)),
  ];
}

export function judgeGroup({ groupId, inbound, outbound }: SecurityGroup): readonly Note[] {
  const notes: Note[] = [];
  for (const [course, rules] of [
    ['inbound', inbound],
    ['outbound', outbound],
  ] as const) {
    const open = rules.filter(opensPorts);
    if (open.length === 0) notes.push(failed(`the security group ${groupId} has no ${course} rule for TCP 2223-2225`));
    else if (!open.some(({ groupIds }) => groupIds.includes(groupId))) {
      notes.push(
        warned(`the ${course} rule of the security group ${groupId} for TCP 2223-2225 does not name the group itself`),
      );
    }
  }
  return notes;
}

function opensPorts({ protocol, fromPort = 0, toPort = 65_535 }: SecurityRule): boolean {
  return protocol === '-1' || (['tcp', '6'].includes(protocol) && fromPort <= 2_223 && toPort >= 2_225);
}
