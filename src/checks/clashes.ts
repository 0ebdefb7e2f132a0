/**
 * Whether another store of the account and Region has what the change asks for. What other accounts hold cannot be seen.
 *
 * Source: the KMS API reference, UpdateCustomKeyStore (the exceptions that end in InUse).
 */
import { applyChange, type Change } from '../domain/change.ts';
import { type KeyStore, nameStore } from '../domain/key-store.ts';
import type { PropertyName } from '../domain/properties.ts';
import { explainSharedAddress } from '../domain/shared-address.ts';
import type { Kms } from '../ports/kms.ts';
import { conclude, describeUnseen, failed } from './conclude.ts';
import type { BuiltInCheck } from './rights.ts';

const addressNames: readonly PropertyName[] = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyVpcEndpointServiceName',
];

export function createClashesCheck(kms: Pick<Kms, 'list'>): BuiltInCheck {
  return {
    name: 'clashes',
    async run(store, { send }) {
      const names: readonly PropertyName[] = ['NewCustomKeyStoreName', ...addressNames];
      if (!names.some((name) => send[name] !== undefined)) return null;
      const reply = await kms.list();
      if (!reply.ok)
        return { status: 'unknown', message: describeUnseen('kms:DescribeCustomKeyStores', reply.failure) };
      const others = reply.value.filter(({ customKeyStoreId }) => customKeyStoreId !== store.customKeyStoreId);
      return conclude(
        findClashes(store, send, others).map(failed),
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
    const isNamed = taken.name !== undefined && taken.name === send.NewCustomKeyStoreName;
    return [
      ...(isNamed ? [`the name is that of ${other.customKeyStoreId}`] : []),
      ...(isMoved ? explainSharedAddress(wanted, taken, nameStore(other)) : []),
    ];
  });
}
