/** What a rotation needs from the administration of an external key store proxy: the user's own hook. */
import type { CredentialValue } from './kms.ts';

export interface ProxyTerms {
  readonly customKeyStoreId: string;
  /** Of the proxy: `https://` and a host, and the base path. */
  readonly endpoint: string;
  readonly path: string;
  /** Aborts when the rotation waits no longer. */
  readonly signal: AbortSignal;
}

/** Both may be called any number of times for the same credential, and mean the same each time. */
export interface ProxyCredentials {
  /**
   * Has the proxy take this credential beside those that it takes already, and resolves when every node of it does.
   * Its errors are reported without the secret.
   */
  establish(credential: CredentialValue, terms: ProxyTerms): Promise<void>;
  /** Has the proxy take this credential no more. KMS has ceased to use it. */
  retire(credential: Pick<CredentialValue, 'AccessKeyId'>, terms: ProxyTerms): Promise<void>;
}
