/**
 * Inputs and outputs of Amazon EC2 2016-11-15, of what a manager of key stores looks at: only the members that the simulator
 * reads or answers, of some two hundred.
 */
import { type StructureShape, structure } from './shape.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'list', member: text } as const;
const count = { type: 'integer', min: 0, max: 2147483647 } as const;

const filters = {
  type: 'list',
  member: structure({ Name: text, Values: texts }),
} as const;

const common = { DryRun: flag, Filters: filters, MaxResults: count, NextToken: text } as const;

export const ec2Inputs = {
  DescribeSubnets: structure({ ...common, SubnetIds: texts }),
  DescribeSecurityGroups: structure({ ...common, GroupIds: texts, GroupNames: texts }),
  DescribeVpcEndpointServices: structure({ ...common, ServiceNames: texts, ServiceRegions: texts }),
  DescribeVpcEndpointServicePermissions: structure({ ...common, ServiceId: text }, 'ServiceId'),
  DescribeVpcEndpointServiceConfigurations: structure({ ...common, ServiceIds: texts }),
} as const satisfies Record<string, StructureShape>;

const listOf = <const M extends StructureShape['members']>(members: M) =>
  ({ type: 'list', member: structure(members) }) as const;

const permissions = listOf({
  IpProtocol: text,
  FromPort: count,
  ToPort: count,
  UserIdGroupPairs: listOf({ GroupId: text, UserId: text }),
});

const dnsState = { type: 'string', enum: ['pendingVerification', 'verified', 'failed'] } as const;

const service = {
  ServiceName: text,
  ServiceId: text,
  ServiceType: listOf({ ServiceType: { type: 'string', enum: ['Interface', 'GatewayLoadBalancer'] } }),
  AvailabilityZones: texts,
  SupportedIpAddressTypes: { type: 'list', member: { type: 'string', enum: ['ipv4', 'ipv6'] } },
  AcceptanceRequired: flag,
  ManagesVpcEndpoints: flag,
  PrivateDnsName: text,
} as const;

const answerOf = <const M extends StructureShape['members']>(members: M) => structure({ ...members, NextToken: text });

export const ec2Outputs = {
  DescribeSubnets: answerOf({
    Subnets: listOf({
      SubnetId: text,
      VpcId: text,
      OwnerId: text,
      State: { type: 'string', enum: ['pending', 'available', 'unavailable'] },
      AvailabilityZone: text,
      CidrBlock: text,
      AvailableIpAddressCount: count,
    }),
  }),
  DescribeSecurityGroups: answerOf({
    SecurityGroups: listOf({
      GroupId: text,
      GroupName: text,
      Description: text,
      OwnerId: text,
      VpcId: text,
      IpPermissions: permissions,
      IpPermissionsEgress: permissions,
    }),
  }),
  DescribeVpcEndpointServices: answerOf({
    ServiceNames: texts,
    ServiceDetails: listOf({ ...service, Owner: text, PrivateDnsNameVerificationState: dnsState }),
  }),
  DescribeVpcEndpointServicePermissions: answerOf({
    AllowedPrincipals: listOf({
      PrincipalType: { type: 'string', enum: ['All', 'Service', 'OrganizationUnit', 'Account', 'User', 'Role'] },
      Principal: text,
      ServiceId: text,
    }),
  }),
  DescribeVpcEndpointServiceConfigurations: answerOf({
    ServiceConfigurations: listOf({
      ...service,
      ServiceState: { type: 'string', enum: ['Pending', 'Available', 'Deleting', 'Deleted', 'Failed'] },
      NetworkLoadBalancerArns: texts,
      GatewayLoadBalancerArns: texts,
      PrivateDnsNameConfiguration: structure({ State: dnsState, Type: text, Value: text, Name: text }),
    }),
  }),
} as const satisfies Record<keyof typeof ec2Inputs, StructureShape>;
