/** The port to the subnets and security groups of Amazon EC2. They are found by filters: what is not there is no error then. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Network, SecurityRule } from '../../ports/network.ts';
import type { AskEc2 } from './client.ts';

export function createNetwork(ask: AskEc2): Network {
  return {
    describeSubnets: (subnetIds, signal) =>
      ask(async (ec2, options) => {
        const filter = { Filters: [{ Name: 'subnet-id', Values: [...subnetIds] }] };
        const { Subnets = [] } = await ec2.describeSubnets(filter, options);
        return Subnets.map(({ SubnetId = '', AvailabilityZone = 'unknown', AvailableIpAddressCount = 0 }) => ({
          subnetId: SubnetId,
          availabilityZone: AvailabilityZone,
          freeAddresses: AvailableIpAddressCount,
        }));
      }, signal),

    describeSecurityGroup: (groupId, signal) =>
      ask(async (ec2, options) => {
        const filter = { Filters: [{ Name: 'group-id', Values: [groupId] }] };
        const { SecurityGroups: [group] = [] } = await ec2.describeSecurityGroups(filter, options);
        if (group === undefined) return null;
        const { IpPermissions = [], IpPermissionsEgress = [] } = group;
        return { groupId, inbound: IpPermissions.map(readRule), outbound: IpPermissionsEgress.map(readRule) };
      }, signal),
  };
}

function readRule({ IpProtocol = 'unknown', FromPort, ToPort, UserIdGroupPairs = [] }: IpPermission): SecurityRule {
  return {
    protocol: IpProtocol,
    ...(FromPort === undefined ? {} : { fromPort: FromPort }),
    ...(ToPort === undefined ? {} : { toPort: ToPort }),
    groupIds: UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
  };
}
