/** What cks needs of the KMS keys in a store. Only `setEnabled` changes one. */
import type { Failure } from '../domain/failure.ts';
import type { KeyGrant } from '../domain/impact/users.ts';
import type { Reply } from './kms.ts';

export interface StoreKey {
  readonly keyId: string;
  readonly arn: string;
  /** As KMS says it: `Enabled`, `Disabled`, `PendingDeletion`, `Unavailable` while the store is not CONNECTED. */
  readonly keyState: string;
  readonly createdAtMs: number;
  /** Of a key in an external key store: the key outside that it stands for. */
  readonly xksKeyId?: string;
}

export interface KeyInventory {
  readonly keys: readonly StoreKey[];
  /** Keys of the account that DescribeKey did not show: they may be in the store too. */
  readonly hidden: number;
}

export interface Alias {
  /** `alias/...` */
  readonly name: string;
  readonly keyId: string;
}

/** The last use of a key that succeeded, as KMS has recorded it. Instants since the epoch. */
export interface LastUse {
  /** Null: KMS has recorded none since `trackedSinceMs`. */
  readonly atMs: number | null;
  /** Since when KMS records the uses of this key; null: it recorded a use, and did not say since when. */
  readonly trackedSinceMs: number | null;
}

export interface LastUses {
  /** By the id or ARN that was asked for. */
  readonly uses: ReadonlyMap<string, LastUse>;
  /** One for each key whose question failed. */
  readonly failures: readonly Failure[];
  /** Keys that were not asked about: the time limit came first, or a failure that every other question would meet too. */
  readonly notLookedUp: number;
}

export interface LastUsesOptions {
  /** After so long, in milliseconds, no further question is begun. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** What binds a ciphertext to its purpose. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** `keyId`: id or ARN. Failures that may pass are retried; a failure is a value. */
export interface Keys {
  /** The keys in a store. KMS lists only all of the account, so who asks within a minute shares one listing. */
  list(customKeyStoreId: string, signal?: AbortSignal): Promise<Reply<KeyInventory>>;
  /** The same as it is now: a listing of a minute ago may show a key as Disabled that works by now. */
  listNow(customKeyStoreId: string, signal?: AbortSignal): Promise<Reply<KeyInventory>>;
  /** Keys in the store that no listing of this process has shown: right after it, only what was created meanwhile. */
  listNew(customKeyStoreId: string, signal?: AbortSignal): Promise<Reply<KeyInventory>>;
  /** The key as it is now; a stale read is possible for seconds. */
  describe(keyId: string, signal?: AbortSignal): Promise<Reply<StoreKey>>;
  /**
   * EnableKey and DisableKey. Both may be repeated; each is logged, also where it changes nothing. `isNeeded`: asked when the
   * request has its turn; where it says no, nothing is sent, and the failure has the code NOT_SENT.
   */
  setEnabled(keyId: string, isEnabled: boolean, isNeeded?: () => boolean): Promise<Reply<null>>;
  /** The custom key store that a key is in, by its id; null: in none, or there is no such key. Also by alias or its ARN. */
  findStore(keyId: string, signal?: AbortSignal): Promise<Reply<string | null>>;
  /** All of the account and Region. */
  listAliases(signal?: AbortSignal): Promise<Reply<readonly Alias[]>>;
  /** Asks about the keys in this order. */
  findLastUses(keyIds: readonly string[], options: LastUsesOptions): Promise<LastUses>;
  /** All grants for the key. */
  listGrants(keyId: string, signal?: AbortSignal): Promise<Reply<readonly KeyGrant[]>>;
  /** The key policy, as JSON text. */
  readPolicy(keyId: string, signal?: AbortSignal): Promise<Reply<string>>;
  /** Whether we may encrypt and decrypt with the key. It says nothing of what the key would do. */
  requireRights(keyId: string, context: EncryptionContext, signal?: AbortSignal): Promise<Reply<null>>;
  /** Gives the ciphertext in base64. */
  encrypt(
    keyId: string,
    plaintext: Uint8Array,
    context: EncryptionContext,
    signal?: AbortSignal,
  ): Promise<Reply<string>>;
  decrypt(
    keyId: string,
    ciphertext: string,
    context: EncryptionContext,
    signal?: AbortSignal,
  ): Promise<Reply<Uint8Array>>;
  /** Whether the cluster of a CloudHSM key store answers. */
  probeCluster(customKeyStoreId: string, signal?: AbortSignal): Promise<Reply<null>>;
}
