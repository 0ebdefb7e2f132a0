/** DescribeSubnets and DescribeSecurityGroups of EC2: those of the clusters, as CloudHSM made them. */
import type { Cluster } from '../../clusters.ts';
import { refuse } from '../../fault.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { securityGroupOf, subnetsOf, vpcOf } from '../cloudhsm/places.ts';
import { endDryRun, keepFiltered } from './requests.ts';

type SubnetEntry = NonNullable<Output<'DescribeSubnets'>['Subnets']>[number];
type GroupEntry = NonNullable<Output<'DescribeSecurityGroups'>['SecurityGroups']>[number];

export function describeSubnets(world: World, input: Input<'DescribeSubnets'>): Output<'DescribeSubnets'> {
  endDryRun(input);
  const all = [...world.clusters.values()].flatMap((cluster) => showSubnets(world, cluster));
  const { SubnetIds: ids = [] } = input;
  const missing = ids.find((id) => !all.some(({ SubnetId }) => SubnetId === id));
  if (missing) refuse('InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
  const named = ids.length === 0 ? all : all.filter(({ SubnetId = '' }) => ids.includes(SubnetId));
  return {
    Subnets: keepFiltered(named, input.Filters, {
      'subnet-id': ({ SubnetId }) => SubnetId,
      'vpc-id': ({ VpcId }) => VpcId,
      'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
    }),
  };
}

export function describeSecurityGroups(
  world: World,
  input: Input<'DescribeSecurityGroups'>,
): Output<'DescribeSecurityGroups'> {
  endDryRun(input);
  const all = [...world.clusters.values()].map((cluster) => showGroup(world, cluster));
  const { GroupIds: ids = [], GroupNames: names = [] } = input;
  const missing = ids.find((id) => !all.some(({ GroupId }) => GroupId === id));
  if (missing) refuse('InvalidGroup.NotFound', `The security group '${missing}' does not exist`);
  const named = all.filter(
    ({ GroupId = '', GroupName = '' }) =>
      (ids.length === 0 || ids.includes(GroupId)) && (names.length === 0 || names.includes(GroupName)),
  );
  return {
    SecurityGroups: keepFiltered(named, input.Filters, {
      'group-id': ({ GroupId }) => GroupId,
      'group-name': ({ GroupName }) => GroupName,
      'vpc-id': ({ VpcId }) => VpcId,
    }),
  };
}

function showSubnets({ accountId }: World, cluster: Cluster): SubnetEntry[] {
  const there = subnetsOf(cluster).slice(cluster.subnetMissing ? 1 : 0);
  return there.map(({ id, zone, cidrBlock, freeAddresses }) => ({
    SubnetId: id,
    VpcId: vpcOf(cluster),
    OwnerId: accountId,
    State: 'available',
    AvailabilityZone: zone,
    CidrBlock: cidrBlock,
    AvailableIpAddressCount: freeAddresses,
  }));
}

/** HSMs and clients speak over TCP 2223 to 2225, in both directions; a broken configuration has lost the rule. */
function showGroup({ accountId }: World, cluster: Cluster): GroupEntry {
  const GroupId = securityGroupOf(cluster);
  const pairs = [{ GroupId, UserId: accountId }];
  const rules = [{ IpProtocol: 'tcp', FromPort: 2223, ToPort: 2225, UserIdGroupPairs: pairs }];
  const kept = cluster.configurationValid ? rules : [];
  return {
    GroupId,
    GroupName: `cloudhsm-${cluster.id}-sg`,
    Description: `Security group for ${cluster.id}`,
    OwnerId: accountId,
    VpcId: vpcOf(cluster),
    IpPermissions: kept,
    IpPermissionsEgress: kept,
  };
}
