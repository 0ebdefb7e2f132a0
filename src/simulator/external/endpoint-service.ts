/**
 * VPC endpoint services as KMS meets them, in the terms of Amazon VPC. Source: developer guide, xks-troubleshooting, "VPC
 * endpoint service connectivity configuration errors", and vpc-connectivity.
 */
import type { Problem } from './problem.ts';
import { sameEndpoint } from './proxy.ts';

/** Everything but the name may be changed by a test at any time. */
export interface VpcEndpointService {
  readonly name: string;
  exists: boolean;
  /** The account that it belongs to. */
  owner: string;
  /** KMS is `cks.kms.REGION.amazonaws.com`, and needs the account of the store beside it where another owns the service. */
  allowedPrincipals: readonly string[];
  acceptanceRequired: boolean;
  loadBalancerType: 'network' | 'gateway';
  /** Of the subnets of its load balancer. */
  availabilityZones: readonly string[];
  /** KMS comes over IPv4. */
  supportedIpAddressTypes: readonly ('ipv4' | 'ipv6')[];
  /** undefined: whatever the store's endpoint says; null: it has none. */
  privateDnsName: string | null | undefined;
  privateDnsNameState: 'verified' | 'pendingVerification' | 'failed';
  /** The endpoint under which the proxy behind it is described; undefined: that of the store. */
  proxy: string | undefined;
}

export type VpcEndpointServiceDescription = { readonly name: string } & Partial<Omit<VpcEndpointService, 'name'>>;

interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** What a store tells KMS about its VPC endpoint service. */
interface ServiceAddress {
  readonly endpoint: string;
  readonly serviceName?: string | undefined;
  readonly serviceOwner?: string | undefined;
}

export function createService(
  description: VpcEndpointServiceDescription,
  { region, accountId }: Place,
): VpcEndpointService {
  const { owner = accountId } = description;
  return {
    exists: true,
    owner,
    allowedPrincipals: [principal(region), ...(owner === accountId ? [] : [`arn:aws:iam::${accountId}:root`])],
    acceptanceRequired: false,
    loadBalancerType: 'network',
    availabilityZones: [`${region}a`, `${region}b`],
    supportedIpAddressTypes: ['ipv4'],
    privateDnsName: undefined,
    privateDnsNameState: 'verified',
    proxy: undefined,
    ...description,
  };
}

/** What KMS finds wrong with the service of a store; one that was not described is as the store says. */
export function judgeService(
  service: VpcEndpointService | undefined,
  address: ServiceAddress,
  { region, accountId }: Place,
): Problem | undefined {
  const name = address.serviceName;
  if (name === undefined) return undefined;
  if (!name.includes(`.vpce.${region}.`)) return notFound(`${name} is not in ${region}`);
  if (!service) return undefined;
  if (!service.exists) return notFound(`${name} does not exist`);
  if (service.owner !== address.serviceOwner) return notFound(`${name} does not belong to ${address.serviceOwner}`);
  if (![principal(region), '*'].some((allowed) => service.allowedPrincipals.includes(allowed))) {
    return notFound(`${name} does not allow the principal ${principal(region)}`);
  }
  if (!isVisibleTo(service, accountId)) return notFound(`${name} does not allow the account ${accountId}`);
  if (!service.supportedIpAddressTypes.includes('ipv4')) return invalid(`${name} does not support IPv4`);
  if (service.loadBalancerType !== 'network') return invalid(`${name} needs a network load balancer`);
  if (new Set(service.availabilityZones).size < 2) return invalid(`${name} needs subnets in two Availability Zones`);
  if (service.acceptanceRequired) return invalid(`${name} requires acceptance of connection requests`);
  return examineDnsName(service, address.endpoint);
}

function examineDnsName(service: VpcEndpointService, endpoint: string): Problem | undefined {
  const { name, privateDnsName, privateDnsNameState } = service;
  if (privateDnsName === null) return invalid(`${name} has no private DNS name`);
  if (privateDnsNameState !== 'verified') {
    return invalid(`the domain of the private DNS name of ${name} is not verified: ${privateDnsNameState}`);
  }
  if (privateDnsName !== undefined && !sameEndpoint(`https://${privateDnsName}`, endpoint)) {
    return invalid(`the private DNS name of ${name} is ${privateDnsName}, which is not the endpoint`);
  }
  return undefined;
}

/** Whether an account may find the service: its owner, and those that it allows. */
export function isVisibleTo({ owner, allowedPrincipals }: VpcEndpointService, accountId: string): boolean {
  return owner === accountId || allowedPrincipals.some((one) => one === '*' || one.includes(`::${accountId}:`));
}

/** Of aws-eusc and the iso partitions nothing documents it: the simulator takes the same name there. */
function principal(region: string): string {
  return `cks.kms.${region}.amazonaws.com`;
}

function notFound(cause: string): Problem {
  return {
    exception: 'XksProxyVpcEndpointServiceNotFoundException',
    code: 'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
    message: `KMS cannot find the VPC endpoint service: ${cause}`,
  };
}

function invalid(cause: string): Problem {
  return {
    exception: 'XksProxyVpcEndpointServiceInvalidConfigurationException',
    code: 'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
    message: `The VPC endpoint service does not meet the requirements: ${cause}`,
  };
}
