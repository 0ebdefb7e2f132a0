/** The port to the VPC endpoint services of Amazon EC2. */
import type { ServiceDetail } from '@aws-sdk/client-ec2';
import { turnPages } from '../../domain/pages.ts';
import type { EndpointService, EndpointServices } from '../../ports/endpoint-services.ts';
import type { AskEc2 } from './client.ts';

export function createEndpointServices(ask: AskEc2): EndpointServices {
  return {
    describe: (serviceName, signal) =>
      ask(async (ec2, options) => {
        const input = { ServiceNames: [serviceName] };
        const find = async () => (await ec2.describeVpcEndpointServices(input, options)).ServiceDetails;
        const [service] = (await orAbsent(find, 'InvalidServiceName')) ?? [];
        return service === undefined ? null : readService(service);
      }, signal),

    listPrincipals: (serviceId, signal) =>
      ask(
        (ec2, options) =>
          orAbsent(async () => {
            const principals: string[] = [];
            await turnPages<string>(async (token) => {
              const input = { ServiceId: serviceId, ...(token ? { NextToken: token } : {}) };
              const page = await ec2.describeVpcEndpointServicePermissions(input, options);
              principals.push(...(page.AllowedPrincipals ?? []).flatMap(({ Principal }) => Principal ?? []));
              return page.NextToken || undefined;
            });
            return principals;
          }, 'InvalidVpcEndpointServiceId.NotFound'),
        signal,
      ),
  };
}

/** null if EC2 answers that no such service exists here. */
async function orAbsent<T>(send: () => Promise<T>, name: string): Promise<T | null> {
  try {
    return await send();
  } catch (error) {
    if ((error as Error).name === name) return null;
    throw error;
  }
}

function readService(service: ServiceDetail): EndpointService {
  const { PrivateDnsName: dnsName, PrivateDnsNameVerificationState: dnsState } = service;
  const { SupportedIpAddressTypes: ipAddressTypes } = service;
  return {
    serviceId: service.ServiceId ?? '',
    owner: service.Owner ?? 'unknown',
    types: (service.ServiceType ?? []).flatMap(({ ServiceType }) => ServiceType ?? []),
    availabilityZones: service.AvailabilityZones ?? [],
    ...(ipAddressTypes ? { ipAddressTypes } : {}),
    acceptanceRequired: service.AcceptanceRequired ?? false,
    ...(dnsName ? { privateDnsName: dnsName } : {}),
    ...(dnsState ? { privateDnsNameState: dnsState } : {}),
  };
}
