/** What a run needs of KMS. Answers are data: an expected failure is a value, a thrown error is a bug. */
import type { Failure } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { PropertyName } from '../domain/properties.ts';

/** `calls`: how many requests were really sent for this answer, retries included. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T; readonly requestId?: string; readonly calls: number }
  | { readonly ok: false; readonly failure: Failure; readonly calls: number };

export interface CredentialValue {
  readonly AccessKeyId: string;
  readonly RawSecretAccessKey: string;
}

/** A change with its secrets resolved: it lives for one call and is never stored, logged or shown. */
export type UpdateValues = { readonly [P in PropertyName]?: string | CredentialValue };

export interface Kms {
  /** Finds a store by id or name. Reads are retried on throttling, 5xx and network errors, until the signal aborts. */
  describe(idOrName: string, signal?: AbortSignal): Promise<Reply<KeyStore>>;
  /** All stores of the account and Region. */
  list(): Promise<Reply<readonly KeyStore[]>>;
  /** Mutations are retried on throttling only; everything unclear is for the caller to settle by `describe`. */
  update(customKeyStoreId: string, values: UpdateValues): Promise<Reply<null>>;
  connect(customKeyStoreId: string): Promise<Reply<null>>;
  disconnect(customKeyStoreId: string): Promise<Reply<null>>;
  /** Creates an external key store and gives its id. */
  create(name: string, values: UpdateValues): Promise<Reply<string>>;
  /** Deletes a store that is DISCONNECTED and empty. */
  delete(customKeyStoreId: string): Promise<Reply<null>>;
  /** Asks the providers for AWS credentials anew: they may have been renewed outside. Never fails. */
  renewCredentials(): Promise<void>;
}
