/**
 * VPC endpoint services as EC2 shows them: to each account that may use one (DescribeVpcEndpointServices), and to the account that
 * owns it. One that was not described exists as soon as a store names it, and is as that store says.
 */
import { createService, isVisibleTo, type VpcEndpointService } from '../../external/endpoint-service.ts';
import { refuse } from '../../fault.ts';
import { writeArn } from '../../partition.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { makeHexId } from '../cloudhsm/places.ts';
import { endDryRun, keepFiltered } from './requests.ts';

type Permissions = Output<'DescribeVpcEndpointServicePermissions'>;
type Configurations = Output<'DescribeVpcEndpointServiceConfigurations'>;

export function describeEndpointServices(
  world: World,
  input: Input<'DescribeVpcEndpointServices'>,
): Output<'DescribeVpcEndpointServices'> {
  endDryRun(input);
  const all = listServices(world).filter((service) => isVisibleTo(service, world.accountId));
  const { ServiceNames: names = [] } = input;
  const missing = names.find((wanted) => !all.some(({ name }) => name === wanted));
  if (missing) refuse('InvalidServiceName', `The Vpc Endpoint Service '${missing}' does not exist`);
  const named = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const shown = keepFiltered(named, input.Filters, {
    'service-name': ({ name }) => name,
    owner: ({ owner }) => owner,
  });
  return {
    ServiceNames: shown.map(({ name }) => name),
    ServiceDetails: shown.map((service) => ({
      ...showService(service),
      Owner: service.owner,
      ...(service.privateDnsName && { PrivateDnsNameVerificationState: service.privateDnsNameState }),
    })),
  };
}

export function describeEndpointServicePermissions(
  world: World,
  input: Input<'DescribeVpcEndpointServicePermissions'>,
): Permissions {
  endDryRun(input);
  const { allowedPrincipals } = requireOwn(world, input.ServiceId);
  return {
    AllowedPrincipals: allowedPrincipals.map((principal) => ({
      PrincipalType: typeOf(principal),
      Principal: principal,
      ServiceId: input.ServiceId,
    })),
  };
}

export function describeEndpointServiceConfigurations(
  world: World,
  input: Input<'DescribeVpcEndpointServiceConfigurations'>,
): Configurations {
  endDryRun(input);
  const { ServiceIds: ids = [] } = input;
  const named = ids.length === 0 ? listOwn(world) : ids.map((id) => requireOwn(world, id));
  const shown = keepFiltered(named, input.Filters, { 'service-name': ({ name }) => name, 'service-id': idOf });
  return {
    ServiceConfigurations: shown.map((service) => ({
      ...showService(service),
      ServiceState: 'Available',
      ...showLoadBalancer(world, service),
      ...(service.privateDnsName && { PrivateDnsNameConfiguration: { State: service.privateDnsNameState } }),
    })),
  };
}

function showService(service: VpcEndpointService) {
  return {
    ServiceName: service.name,
    ServiceId: idOf(service),
    ServiceType: [
      { ServiceType: service.loadBalancerType === 'network' ? 'Interface' : 'GatewayLoadBalancer' } as const,
    ],
    AvailabilityZones: service.availabilityZones,
    SupportedIpAddressTypes: service.supportedIpAddressTypes,
    AcceptanceRequired: service.acceptanceRequired,
    ManagesVpcEndpoints: false,
    ...(service.privateDnsName ? { PrivateDnsName: service.privateDnsName } : {}),
  };
}

function showLoadBalancer({ region }: World, { name, owner, loadBalancerType }: VpcEndpointService) {
  const [short, member] =
    loadBalancerType === 'network' ? ['net', 'NetworkLoadBalancerArns'] : ['gwy', 'GatewayLoadBalancerArns'];
  const id = makeHexId('lb', name).slice(3, 19);
  return {
    [member]: [writeArn('elasticloadbalancing', { region, accountId: owner }, `loadbalancer/${short}/xks/${id}`)],
  };
}

function listServices(world: World): VpcEndpointService[] {
  const services = new Map([...world.services].filter(([, { exists }]) => exists));
  for (const { backing } of world.stores.values()) {
    if (backing.type !== 'EXTERNAL_KEY_STORE' || backing.serviceName === undefined) continue;
    const { serviceName: name, serviceOwner: owner = world.accountId, endpoint } = backing;
    if (world.services.get(name)?.exists === false) continue;
    const service = services.get(name) ?? createService({ name, owner }, world);
    const privateDnsName =
      service.privateDnsName === undefined ? endpoint.slice('https://'.length) : service.privateDnsName;
    services.set(name, { ...service, privateDnsName });
  }
  return [...services.values()];
}

function listOwn(world: World): VpcEndpointService[] {
  return listServices(world).filter(({ owner }) => owner === world.accountId);
}

function requireOwn(world: World, id: string): VpcEndpointService {
  const found = listOwn(world).find((service) => idOf(service) === id);
  return found ?? refuse('InvalidVpcEndpointServiceId.NotFound', `The VpcEndpointService Id '${id}' does not exist`);
}

function idOf({ name }: VpcEndpointService): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function typeOf(principal: string): 'All' | 'Service' | 'Account' | 'User' | 'Role' {
  if (principal === '*') return 'All';
  if (principal.endsWith('.amazonaws.com')) return 'Service';
  if (principal.includes(':user/')) return 'User';
  return principal.includes(':role/') ? 'Role' : 'Account';
}
