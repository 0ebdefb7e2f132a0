/** The AWS credentials of a client, asked for in a time that has an end. */
import type { KMSClient } from '@aws-sdk/client-kms';
import { type Limit, within } from './time-limit.ts';

/** Also what KMS calls this failure is its class: nothing was sent. */
class CredentialsLateError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/** Long enough for a person who answers a prompt of `credential_process`. */
const credentialsLimitMs = 30_000;

/** Several questions of a start ask one after another: those behind one that got no answer do not wait as long again. */
const lateForMs = 10_000;

type Client = { readonly config: Pick<KMSClient['config'], 'credentials'> };
type Identity = Awaited<ReturnType<KMSClient['config']['credentials']>>;

const late = new WeakMap<Client, { readonly error: Error; readonly atMs: number }>();

/**
 * The client keeps them, so that its next request asks no provider. Other than the limit of the request itself, this one leaves
 * no doubt: nothing was sent.
 *
 * @throws what the provider throws, and `CredentialsProviderError` at the limit.
 */
export function resolveCredentials(
  client: Client,
  { stop, limitMs = credentialsLimitMs }: { readonly stop?: AbortSignal | undefined; readonly limitMs?: number } = {},
): Promise<Identity> {
  const last = late.get(client);
  if (last && performance.now() - last.atMs < Math.min(lateForMs, limitMs)) return Promise.reject(last.error);
  const explain = ({ waitsFor = 'the source of the AWS credentials' }: Limit) => {
    const error = new CredentialsLateError(`${waitsFor} did not answer within ${limitMs / 1_000} s`);
    late.set(client, { error, atMs: performance.now() });
    return error;
  };
  return within({ limitMs, stop, explain }, () => client.config.credentials());
}
