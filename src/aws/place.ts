/** Where the calls go: Region, account and endpoint, as far as the configuration, the credentials and STS know them. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { CredentialsLife } from '../ports/credentials.ts';
import { shareClock } from './clock-offset.ts';
import { resolveCredentials } from './credentials.ts';
import { type EndpointTerms, findServiceEndpoint } from './endpoints.ts';
import { retry } from './retry.ts';
import { within } from './time-limit.ts';

export interface Place {
  readonly region: string;
  /** `unknown` if neither the credentials nor STS give it. */
  readonly account: string;
}

/** Without a call: what is missing, Describe will say. */
export async function findPlace(client: KMSClient): Promise<Place> {
  const region = await client.config.region().catch(() => 'unknown');
  const { accountId = 'unknown' } = await resolveCredentials(client).catch(() => ({ accountId: 'unknown' }));
  return { region, account: accountId };
}

const stsTimeoutMs = 2_000;

/** A store may be offline behind a question to STS. */
export const stsRequestHandler = {
  connectionTimeout: stsTimeoutMs,
  requestTimeout: stsTimeoutMs,
  throwOnRequestTimeout: true,
} as const;

/** With one GetCallerIdentity where the credentials do not tell their account; a run waits 2 s for it at most. */
export async function findAccount(
  client: KMSClient,
  known: string,
  terms: EndpointTerms,
  limitMs = stsTimeoutMs,
): Promise<string> {
  if (known !== 'unknown') return known;
  try {
    const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
    const endpoint = await findServiceEndpoint('STS', terms);
    const sts = new STSClient({
      region: client.config.region,
      credentials: await resolveCredentials(client),
      maxAttempts: 1,
      requestHandler: stsRequestHandler,
      ...(endpoint ? { endpoint } : {}),
    });
    shareClock(sts.config, client.config);
    const { Account = 'unknown' } = await within({ limitMs }, (abortSignal) =>
      retry('neighbour', () => sts.send(new GetCallerIdentityCommand({}), { abortSignal }), { signal: abortSignal }),
    );
    return Account;
  } catch {
    return 'unknown';
  }
}

/** How long the credentials last that are in use now. */
export async function readCredentialsLife(client: KMSClient): Promise<CredentialsLife> {
  const { expiration, sessionToken, $source } = (await resolveCredentials(client)) as Awaited<
    ReturnType<typeof client.config.credentials>
  > & { readonly $source?: Readonly<Record<string, unknown>> };
  return {
    expiresAtMs: expiration?.getTime() ?? null,
    isTemporary: sessionToken !== undefined,
    // The environment of a process stays as it is; every other provider that names an end is asked again after it.
    isRenewed: expiration !== undefined && $source?.CREDENTIALS_ENV_VARS === undefined,
  };
}
