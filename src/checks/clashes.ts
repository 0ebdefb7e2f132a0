/**
 * Whether another store of the account and Region has what the change asks for. What other accounts hold cannot be seen.
 *
 * Source: the KMS API reference, UpdateCustomKeyStore (the exceptions that end in InUse).
 */
import { applyChange, type Change } from '../domain/change.ts';
import { type KeyStore, nameStore, type Settings } from '../domain/key-store.ts';
import type { PropertyName } from '../domain/properties.ts';
import type { Check } from '../ports/checks.ts';
import type { Kms } from '../ports/kms.ts';
import { conclude, tellUnseen } from './conclude.ts';

const addressNames: readonly PropertyName[] = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyVpcEndpointServiceName',
];

export function createClashesCheck(kms: Pick<Kms, 'list'>): Check {
  return {
    name: 'clashes',
    async look(store, { send }) {
      const names: readonly PropertyName[] = ['NewCustomKeyStoreName', ...addressNames];
      if (!names.some((name) => send[name] !== undefined)) return null;
      const reply = await kms.list();
      if (!reply.ok) return { status: 'unknown', message: tellUnseen('kms:DescribeCustomKeyStores', reply.failure) };
      const others = reply.value.filter(({ customKeyStoreId }) => customKeyStoreId !== store.customKeyStoreId);
      return conclude(
        [{ problems: findClashes(store, send, others), doubts: [] }],
        'no other store of this account and Region has what the change asks for',
      );
    },
  };
}

export function findClashes({ settings }: KeyStore, send: Change, others: readonly KeyStore[]): readonly string[] {
  const wanted = applyChange(settings, send);
  const isMoved = addressNames.some((name) => send[name] !== undefined);
  return others.flatMap((other) => {
    const taken = other.settings;
    const isNamed =
      send.NewCustomKeyStoreName !== undefined && taken.NewCustomKeyStoreName === send.NewCustomKeyStoreName;
    return [
      ...(isNamed ? [`the name is that of ${other.customKeyStoreId}`] : []),
      ...(isMoved ? tellShared(wanted, taken, nameStore(other)) : []),
    ];
  });
}

/** Only stores that are all public may share an endpoint: a private DNS name belongs to one. */
function tellShared(wanted: Settings, taken: Settings, other: string): readonly string[] {
  const shared: string[] = [];
  if (isSameHost(wanted.XksProxyUriEndpoint, taken.XksProxyUriEndpoint)) {
    const endpoint = wanted.XksProxyUriEndpoint;
    if ([wanted, taken].some(({ XksProxyConnectivity }) => XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE')) {
      shared.push(
        `the endpoint ${endpoint} is that of ${other}, and one behind a VPC endpoint service cannot be shared`,
      );
    } else if (wanted.XksProxyUriPath === taken.XksProxyUriPath) {
      shared.push(`the endpoint ${endpoint} with the path ${wanted.XksProxyUriPath} is that of ${other}`);
    }
  }
  const service = wanted.XksProxyVpcEndpointServiceName;
  if (service !== undefined && service === taken.XksProxyVpcEndpointServiceName) {
    shared.push(`the VPC endpoint service ${service} is that of ${other}`);
  }
  return shared;
}

function isSameHost(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}
