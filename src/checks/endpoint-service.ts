/**
 * Whether the VPC endpoint service that a store is led through is one that KMS will take.
 *
 * Source: the KMS Developer Guide, vpc-connectivity and xks-troubleshooting.
 */
import type { Settings } from '../domain/key-store.ts';
import type { Check } from '../ports/checks.ts';
import type { EndpointService, EndpointServices } from '../ports/endpoint-services.ts';
import { conclude, describeUnseen, failed, type Note, unknown, unseen, warned } from './conclude.ts';
import { findService } from './led-to.ts';

export interface OurPlace {
  readonly region: string;
  /** `unknown` where nobody tells it. */
  readonly account: string;
}

export function createEndpointServiceCheck(services: EndpointServices, place: OurPlace): Check {
  return {
    name: 'endpoint-service',
    checksRollback: true,
    async run(store, plan, signal) {
      const ledTo = findService(store, plan);
      const name = ledTo?.settings.XksProxyVpcEndpointServiceName;
      if (ledTo === undefined || name === undefined) return null;
      const { settings, isNamed } = ledTo;
      const answer = await services.describe(name, signal);
      if (!answer.ok) {
        // What led to the proxy until now goes on to do so, as far as anybody knows.
        const text = describeUnseen('ec2:DescribeVpcEndpointServices', answer.failure);
        return conclude([isNamed ? unknown(text) : unseen(text)]);
      }
      if (answer.value === null) {
        const found = conclude([judgeAbsence(name, settings, place)]);
        return found.status === 'failed' ? { ...found, curedBy: 'XksProxyVpcEndpointServiceName' } : found;
      }
      const noticed = [
        ...judgeService(name, answer.value, settings, place),
        ...(await lookAtPrincipals(answer.value, signal)),
      ];
      return conclude(noticed, `${name} is as KMS needs it`);
    },
  };

  async function lookAtPrincipals({ serviceId }: EndpointService, signal: AbortSignal): Promise<readonly Note[]> {
    const answer = await services.listPrincipals(serviceId, signal);
    if (answer.ok) return judgePrincipals(answer.value, place);
    return [unseen(describeUnseen('ec2:DescribeVpcEndpointServicePermissions', answer.failure))];
  }
}

/** Where KMS looks for the service: in the account that it was told, else in the one of the store. */
function findOwner({ XksProxyVpcEndpointServiceOwner: owner }: Settings, { account }: OurPlace): string {
  return owner ?? account;
}

/** A service of another account is seen by those alone whom that account allows to use it. */
function judgeAbsence(name: string, settings: Settings, place: OurPlace): Note {
  const owner = findOwner(settings, place);
  if (owner === place.account) {
    return failed(`there is no VPC endpoint service ${name} in this account and ${place.region}`);
  }
  return warned(`${name} cannot be seen from here: account ${owner} shows it to others alone`);
}

/** What every account that may use the service sees of it. */
export function judgeService(
  name: string,
  service: EndpointService,
  settings: Settings,
  place: OurPlace,
): readonly Note[] {
  const notes: Note[] = [];

  const owner = findOwner(settings, place);
  if (owner === 'unknown')
    notes.push(warned(`${name} belongs to account ${service.owner}; whether to us cannot be seen`));
  else if (service.owner !== owner) {
    notes.push(
      failed(
        `${name} belongs to account ${service.owner}, and KMS would look for it in ${owner}: XksProxyVpcEndpointServiceOwner must be given too`,
      ),
    );
  }

  if (!service.types.includes('Interface')) notes.push(failed(`${name} is not behind a network load balancer`));
  if (new Set(service.availabilityZones).size < 2) {
    notes.push(
      failed(`${name} is not in two Availability Zones: ${service.availabilityZones.join(', ') || 'it is in none'}`),
    );
  }
  if (service.acceptanceRequired) notes.push(failed(`${name} requires that somebody accepts each connection`));

  const { privateDnsName, privateDnsNameState: state } = service;
  const host = settings.XksProxyUriEndpoint?.replace('https://', '') ?? '';
  if (privateDnsName === undefined) notes.push(failed(`${name} has no private DNS name`));
  else {
    if (privateDnsName.toLowerCase() !== host.toLowerCase()) {
      notes.push(failed(`the private DNS name of ${name} is ${privateDnsName}, and XksProxyUriEndpoint names ${host}`));
    }
    if (state === undefined)
      notes.push(warned(`whether the private DNS name ${privateDnsName} is verified cannot be seen`));
    else if (state !== 'verified')
      notes.push(failed(`the private DNS name ${privateDnsName} is not verified: ${state}`));
  }
  return notes;
}

/** `principals`: null where they are for the owner alone to see. */
export function judgePrincipals(principals: readonly string[] | null, { region }: OurPlace): readonly Note[] {
  const kms = `cks.kms.${region}.amazonaws.com`;
  if (principals === null) {
    return [warned(`whether the service allows ${kms} is for its owner alone to see`)];
  }
  const isAllowed = principals.includes(kms) || principals.includes('*');
  return isAllowed ? [] : [failed(`the service does not allow the principal ${kms}`)];
}
