/** What creating the canary key of a store takes. Each call is sent once, and again only if KMS throttles it. */
import type { CustomKeyStoreType } from '../domain/properties.ts';
import type { StoreKey } from './keys.ts';
import type { Reply } from './kms.ts';

export interface KeyToCreate {
  readonly customKeyStoreId: string;
  readonly origin: CustomKeyStoreType;
  /** In an external key store: the external key. */
  readonly xksKeyId?: string;
  readonly description: string;
  /** The key policy, as JSON text. */
  readonly policy: string;
}

export interface CanaryKeys {
  create(key: KeyToCreate): Promise<Reply<StoreKey>>;
  /** `keyId`: id or ARN. */
  createAlias(name: string, keyId: string): Promise<Reply<null>>;
}
