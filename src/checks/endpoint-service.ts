/**
 * Whether KMS will accept the VPC endpoint service through which a plan connects the store.
 *
 * Source: the KMS Developer Guide, vpc-connectivity, authorize-xks-key-store and xks-troubleshooting.
 */

import type { Settings } from '../domain/key-store.ts';
import { findPartition, namePrincipal } from '../domain/partitions.ts';
import type { EndpointService, EndpointServices } from '../ports/endpoint-services.ts';
import { conclude, describeUnseen, failed, type Note, unknown, unseen, warned } from './conclude.ts';
import { findService } from './led-to.ts';
import type { BuiltInCheck } from './rights.ts';

export interface OurPlace {
  readonly region: string;
  /** `unknown` if the credentials do not say. */
  readonly account: string;
}

export function createEndpointServiceCheck(services: EndpointServices, place: OurPlace): BuiltInCheck {
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
        // What led to the proxy until now still does so, as far as is known.
        const text = describeUnseen('ec2:DescribeVpcEndpointServices', answer.failure);
        return conclude([isNamed ? unknown(text) : unseen(text)]);
      }
      if (answer.value === null) {
        const found = conclude([judgeAbsence(name, settings, place, isNamed)]);
        return found.status === 'failed' ? { ...found, curedBy: 'XksProxyVpcEndpointServiceName' } : found;
      }
      const noticed = [
        ...judgeService(name, answer.value, settings, place),
        ...(await observePrincipals(answer.value, signal)),
      ];
      return conclude(noticed, `${name} is as KMS needs it`);
    },
  };

  async function observePrincipals(service: EndpointService, signal: AbortSignal): Promise<readonly Note[]> {
    const answer = await services.listPrincipals(service.serviceId, signal);
    if (answer.ok) return judgePrincipals(answer.value, service.owner, place);
    return [unseen(describeUnseen('ec2:DescribeVpcEndpointServicePermissions', answer.failure))];
  }
}

/** Where KMS looks for the service: in the account that it was told, else in the one of the store. */
function findOwner({ XksProxyVpcEndpointServiceOwner: owner }: Settings, { account }: OurPlace): string {
  return owner ?? account;
}

/** A service of another account is seen by those alone whom that account allows to use it. */
function judgeAbsence(name: string, settings: Settings, place: OurPlace, isNamed: boolean): Note {
  const owner = findOwner(settings, place);
  if (owner === place.account) {
    return failed(`cannot find the VPC endpoint service ${name} in this account and ${place.region}`);
  }
  const both = joinPrincipals(requiredPrincipals(owner, place));
  const text = `${name} is not visible to this identity: account ${owner} must allow both ${both}`;
  return isNamed ? unknown(text) : unseen(text);
}

/** KMS uses a service of another account in the name of the store's account too. */
function requiredPrincipals(owner: string, { region, account }: OurPlace): readonly Principal[] {
  const service = `cks.kms.${region}`;
  const partition = findPartition(region);
  const kms = namePrincipal(service, partition);
  const ofKms: Principal =
    kms === null
      ? {
          name: `KMS, whose service principal in the partition ${partition.id} is not documented`,
          fits: (allowed) => allowed.startsWith(`${service}.`),
          isDocumented: false,
        }
      : { name: kms, fits: (allowed) => allowed === kms, isDocumented: true };
  if (owner === account) return [ofKms];
  const name = `the store's account (arn:${partition.id}:iam::${account}:root, or a role in it)`;
  return [ofKms, { name, fits: (allowed) => allowed.includes(`::${account}:`), isDocumented: true }];
}

interface Principal {
  readonly name: string;
  fits(allowed: string): boolean;
  readonly isDocumented: boolean;
}

const joinPrincipals = (principals: readonly Principal[]) => principals.map(({ name }) => name).join(' and ');

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
    notes.push(warned(`${name} belongs to account ${service.owner}; whether it allows this account cannot be seen`));
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
      failed(`${name} is not in two Availability Zones: ${service.availabilityZones.join(', ') || 'it is not in any'}`),
    );
  }
  if (service.ipAddressTypes === undefined) {
    notes.push(unseen(`whether ${name} supports IPv4, which KMS uses, cannot be seen`));
  } else if (!service.ipAddressTypes.includes('ipv4')) {
    const types = service.ipAddressTypes.join(', ') || 'none';
    notes.push(failed(`${name} does not support IPv4, which KMS uses (SupportedIpAddressTypes: ${types})`));
  }
  if (service.acceptanceRequired) notes.push(failed(`${name} requires that its owner accepts each connection`));

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

/** `principals`: null where only the owner, an account, can see them. */
export function judgePrincipals(principals: readonly string[] | null, owner: string, place: OurPlace): readonly Note[] {
  const required = requiredPrincipals(owner, place);
  if (principals === null) {
    return [warned(`only its owner ${owner} can see whether the service allows ${joinPrincipals(required)}`)];
  }
  if (principals.includes('*')) return [];
  return required
    .filter(({ fits }) => !principals.some(fits))
    .map(({ name, isDocumented }) =>
      isDocumented
        ? failed(`the service does not allow the principal ${name}`)
        : unseen(`cks cannot find out whether the service allows ${name}`),
    );
}
