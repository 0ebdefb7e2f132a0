/** A KMS key as KMS keeps it, and what DescribeKey shows of it: its state follows the store that it lives in. */
import type { ConnectionState, Input, KeyState, KeyUse, Output } from './shapes.ts';
import type { Store } from './store.ts';

/** A grant for a key: who may use it, beside those whom policies let. */
export interface Grant {
  readonly id: string;
  readonly ordinal: number;
  readonly createdAtMs: number;
  /** ARN of the root user of the account that made it. */
  readonly issuingAccount: string;
  readonly terms: GrantTerms;
}

/** As CreateGrant was told them. */
export type GrantTerms = Omit<Input<'CreateGrant'>, 'KeyId' | 'DryRun' | 'GrantTokens'>;

/** Where the key material is; with a store that the key can never leave. */
export type KeyBacking =
  | { readonly origin: 'AWS_KMS' }
  /** `backingKeyId`: the key in the cluster; `clusterId`: the one in which it was made. */
  | {
      readonly origin: 'AWS_CLOUDHSM';
      readonly storeId: string;
      readonly backingKeyId: string;
      readonly clusterId: string;
    }
  | { readonly origin: 'EXTERNAL_KEY_STORE'; readonly storeId: string; readonly xksKeyId: string };

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly ordinal: number;
  readonly createdAtMs: number;
  readonly description: string;
  readonly backing: KeyBacking;
  /** Undefined: the one of a key that was created without one. */
  readonly policy: string | undefined;
  readonly tags: readonly KeyTag[];
  /** How it was enabled and disabled, in order; it begins with one that every replica knows. */
  toggles: readonly [Toggle, ...Toggle[]];
  readonly grants: Grant[];
  /** The instant at which it is deleted for good. */
  deletionAtMs: number | undefined;
  /** The last cryptographic operation that succeeded with it. */
  lastUsage: KeyUsage | undefined;
}

/** EnableKey or DisableKey as KMS carries it out. */
export interface Toggle {
  readonly isEnabled: boolean;
  /** Undefined: the key is Unavailable, and this waits until its store is CONNECTED. */
  readonly fromMs: number | undefined;
  /** How much later each replica knows it. */
  readonly lagsMs: readonly number[];
}

export interface KeyTag {
  readonly TagKey: string;
  readonly TagValue: string;
}

export interface KeyUsage {
  readonly operation: KeyUse;
  readonly atMs: number;
  readonly requestId: string;
}

export interface Alias {
  readonly name: string;
  readonly keyId: string;
  readonly ordinal: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type KeyMetadata = NonNullable<Output<'DescribeKey'>['KeyMetadata']>;

export function isInStore({ backing }: Key, storeId: string): boolean {
  return backing.origin !== 'AWS_KMS' && backing.storeId === storeId;
}

/** One that every replica knows. */
export function known(isEnabled: boolean): Toggle {
  return { isEnabled, fromMs: Number.NEGATIVE_INFINITY, lagsMs: [0] };
}

/** As the last EnableKey or DisableKey wants it, whatever reads show. */
export function isEnabled({ toggles }: Key): boolean {
  return (toggles.at(-1) ?? toggles[0]).isEnabled;
}

/**
 * Developer guide, "Key states": Unavailable while the store is not CONNECTED, but PendingDeletion stays.
 * `enabled`: as it is seen to be, which may lag behind.
 */
export function keyState(key: Key, storeState: ConnectionState | undefined, enabled = isEnabled(key)): KeyState {
  if (key.deletionAtMs !== undefined) return 'PendingDeletion';
  if (key.backing.origin !== 'AWS_KMS' && storeState !== 'CONNECTED') return 'Unavailable';
  return enabled ? 'Enabled' : 'Disabled';
}

/** `state`: as it is seen to be, which may lag behind. */
export function showKey(key: Key, store: Store | undefined, state: KeyState, accountId: string): KeyMetadata {
  const { backing, deletionAtMs } = key;
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAtMs / 1000,
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state,
    ...(deletionAtMs === undefined ? {} : { DeletionDate: deletionAtMs / 1000 }),
    Origin: backing.origin,
    ...(store === undefined ? {} : { CustomKeyStoreId: store.id }),
    ...(store?.backing.type === 'AWS_CLOUDHSM' ? { CloudHsmClusterId: store.backing.clusterId } : {}),
    ...(backing.origin === 'EXTERNAL_KEY_STORE' ? { XksKeyConfiguration: { Id: backing.xksKeyId } } : {}),
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
