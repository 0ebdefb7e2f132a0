/** What people want of a store, in their words: which stores it fits, what it needs to know, and the command that does it. */
import { explainConnectionError } from '../../domain/connection-errors.ts';
import { isTransient, type KeyStore } from '../../domain/key-store.ts';
import { describeProperty, type PropertyName } from '../../domain/properties.ts';
import type { OptionValues } from '../options/option-values.ts';

/**
 * `new`: another value than it has. `kept`: the one it has stands there, to be changed or not. `again`: any value, also the
 * one it has. `optional`: may be left empty. `perhaps`: is only asked for where its question is answered with yes.
 */
export type How = 'new' | 'kept' | 'again' | 'optional' | { readonly perhaps: string; readonly because?: string };

export interface Field {
  readonly property: PropertyName;
  readonly how: How;
  /** The secret in force now is asked for too: with it, it can be put back. */
  readonly andPrevious?: true;
}

export interface Goal {
  readonly label: string;
  readonly command: 'update' | 'reconnect';
  readonly fields: readonly Field[];
  /** Goes with the fields without being asked for. */
  readonly connectivity?: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE';
  readonly options?: OptionValues;
  /** What one has to know before. */
  readonly note?: string;
}

interface GoalRow extends Goal {
  readonly fits: (store: KeyStore) => boolean;
}

const isExternal = ({ customKeyStoreType }: KeyStore) => customKeyStoreType === 'EXTERNAL_KEY_STORE';
const isCloudHsm = ({ customKeyStoreType }: KeyStore) => customKeyStoreType === 'AWS_CLOUDHSM';
const isPrivate = ({ settings }: KeyStore) => settings.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE';
const isConnected = ({ connectionState }: KeyStore) => connectionState === 'CONNECTED';

const field = (property: PropertyName, how: How = 'new'): Field => ({ property, how });
const endpoint = field('XksProxyUriEndpoint', 'kept');
const path = field('XksProxyUriPath', 'kept');
const service = field('XksProxyVpcEndpointServiceName', 'kept');
const credential = field('XksProxyAuthenticationCredential', {
  perhaps: 'Does KMS need another credential there?',
});

const newPassword = {
  label: 'update the kmsuser password in KMS',
  command: 'update',
  fields: [field('KeyStorePassword')],
} as const;

const rows: readonly GoalRow[] = [
  {
    label: 'rotate the credential of the proxy',
    fits: isExternal,
    command: 'update',
    fields: [{ ...field('XksProxyAuthenticationCredential'), andPrevious: true }],
  },
  {
    label: 'move to another proxy, or another address of it',
    fits: (store) => isExternal(store) && !isPrivate(store),
    command: 'update',
    fields: [endpoint, path, credential],
  },
  {
    label: 'move to another proxy, or another address of it',
    fits: (store) => isExternal(store) && isPrivate(store),
    command: 'update',
    fields: [endpoint, service, path, credential],
  },
  {
    label: 'reach the proxy through a VPC endpoint service, not over the internet',
    fits: (store) => isExternal(store) && !isPrivate(store),
    command: 'update',
    connectivity: 'VPC_ENDPOINT_SERVICE',
    fields: [
      field('XksProxyUriEndpoint', 'again'),
      field('XksProxyVpcEndpointServiceName'),
      field('XksProxyVpcEndpointServiceOwner', 'optional'),
      path,
    ],
  },
  {
    label: 'reach the proxy over the internet, not through a VPC endpoint service',
    fits: (store) => isExternal(store) && isPrivate(store),
    command: 'update',
    connectivity: 'PUBLIC_ENDPOINT',
    fields: [field('XksProxyUriEndpoint', 'again'), path],
  },
  {
    label: 'move to a cluster that was restored from a backup',
    fits: isCloudHsm,
    command: 'update',
    fields: [
      field('CloudHsmClusterId'),
      field('KeyStorePassword', {
        perhaps: 'Is the kmsuser password different on that cluster?',
        because: 'KMS renews that password at each connect: a backup from before the last one has an older password.',
      }),
    ],
  },
  {
    label: 'have KMS renew the password of kmsuser',
    fits: (store) => isCloudHsm(store) && isConnected(store),
    command: 'reconnect',
    fields: [],
    note: 'KMS replaces the password of kmsuser whenever it connects: so the store is disconnected, and connected again.',
  },
  {
    ...newPassword,
    fits: (store) => isCloudHsm(store) && isConnected(store),
    options: { 'hold-offline': true },
    note: 'While the store is CONNECTED, KMS is logged in as kmsuser, and the password cannot be changed. cks disconnects the store first, then waits while you set the password with the CloudHSM CLI.',
  },
  {
    ...newPassword,
    fits: (store) => isCloudHsm(store) && !isConnected(store) && !isTransient(store.connectionState),
  },
  {
    label: 'connect it, with the settings it has',
    fits: ({ connectionState }) => connectionState === 'DISCONNECTED',
    command: 'reconnect',
    fields: [],
  },
  { label: 'rename it', fits: () => true, command: 'update', fields: [field('NewCustomKeyStoreName')] },
];

/** The likeliest first. What repairs a FAILED store stands before all others, and is not offered twice. */
export function goalsFor(store: KeyStore): readonly Goal[] {
  const repairs = repairsOf(store);
  const repaired = repairs.flatMap(({ fields }) => fields.map(({ property }) => property));
  const others = rows.filter(({ fits, fields }) => fits(store) && !isOnly(fields, repaired));
  return [...repairs, ...others.map(({ fits: _, ...goal }) => goal)];
}

const isOnly = (fields: readonly Field[], properties: readonly PropertyName[]) =>
  fields.length === 1 && fields.every(({ property }) => properties.includes(property));

function repairsOf({ connectionState, connectionErrorCode, customKeyStoreType }: KeyStore): readonly Goal[] {
  if (connectionState !== 'FAILED') return [];
  const { curedBy, reconnectMayCure } = explainConnectionError(connectionErrorCode ?? '', customKeyStoreType);
  const reconnect = {
    label: `repair it: reconnect${reconnectMayCure ? '' : ' (I have fixed the cause)'}`,
    command: 'reconnect',
    fields: [],
  } as const;
  if (curedBy === undefined) return [reconnect];
  const { label } = describeProperty(curedBy);
  const cure = {
    label: `repair it: give KMS the right ${label}`,
    command: 'update',
    fields: [field(curedBy)],
  } as const;
  return [cure, reconnect];
}
