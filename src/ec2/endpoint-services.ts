/** The port to the VPC endpoint services of Amazon EC2. */
import type { ServiceDetail } from '@aws-sdk/client-ec2';
import { requestOptions } from '../kms/neighbour.ts';
import type { EndpointService, EndpointServices } from '../ports/endpoint-services.ts';
import type { AskEc2 } from './client.ts';

export function createEndpointServices(ask: AskEc2): EndpointServices {
  return {
    describe: (serviceName, signal) =>
      ask(async (ec2) => {
        const input = { ServiceNames: [serviceName] };
        const find = async () => (await ec2.describeVpcEndpointServices(input, requestOptions(signal))).ServiceDetails;
        const [service] = (await orAbsent(find, 'InvalidServiceName')) ?? [];
        return service === undefined ? null : readService(service);
      }),

    listPrincipals: (serviceId, signal) =>
      ask((ec2) =>
        orAbsent(async () => {
          const principals: string[] = [];
          let token: string | undefined;
          do {
            const input = { ServiceId: serviceId, ...(token ? { NextToken: token } : {}) };
            const page = await ec2.describeVpcEndpointServicePermissions(input, requestOptions(signal));
            principals.push(...(page.AllowedPrincipals ?? []).flatMap(({ Principal }) => Principal ?? []));
            token = page.NextToken;
          } while (token);
          return principals;
        }, 'InvalidVpcEndpointServiceId.NotFound'),
      ),
  };
}

/** null where the answer is the error that says: there is none here. */
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
  return {
    serviceId: service.ServiceId ?? '',
    owner: service.Owner ?? 'unknown',
    types: (service.ServiceType ?? []).flatMap(({ ServiceType }) => ServiceType ?? []),
    availabilityZones: service.AvailabilityZones ?? [],
    acceptanceRequired: service.AcceptanceRequired ?? false,
    ...(dnsName ? { privateDnsName: dnsName } : {}),
    ...(dnsState ? { privateDnsNameState: dnsState } : {}),
  };
}
