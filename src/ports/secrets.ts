/** Where secrets come from. Values leave this port only for the one call that needs them. */
import type { SecretReference } from '../domain/change.ts';

export interface Secrets {
  /**
   * The value behind a reference.
   * @throws {SecretUnavailableError} when the reference leads nowhere; its message never repeats what may be the secret.
   */
  resolve(reference: SecretReference): Promise<string>;
}

export interface Vault extends Secrets {
  /** Takes a value that was handed over as such, and gives the reference that stands for it from now on. */
  keep(slot: string, value: string): SecretReference;
  /** The AccessKeyId that is kept beside the secret, where there is one. @throws {SecretUnavailableError} */
  findAccessKeyId(reference: SecretReference): Promise<string | undefined>;
  /**
   * A reference to the very version that this one leads to; the reference itself where its source keeps no versions.
   * @throws {SecretUnavailableError}
   */
  pinVersion(reference: SecretReference): Promise<SecretReference>;
  /** From now on the reference leads to this value. */
  replace(reference: SecretReference, value: string): void;
}

export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}
