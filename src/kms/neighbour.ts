/** Other services of AWS, asked as KMS is: the same Region, the same credentials, the same way there. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Failure } from '../domain/failure.ts';
import type { Answer } from '../ports/answer.ts';
import { classify } from './classify.ts';
import { isLoopback } from './place.ts';

export interface Neighbourhood {
  /** The client of KMS in use now: it changes when credentials are asked for anew. */
  current(): KMSClient;
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint: string | undefined;
}

/** Asks one question; pages are for the question to turn. */
export type Ask<Client> = <T>(question: (client: Client) => Promise<T>) => Promise<Answer<T>>;

/** What the client of another service takes. A check is waited for, so it tries no more than it must. */
export function configureNeighbour({ config }: KMSClient, endpoint: string | undefined) {
  const { region, credentials, requestHandler, logger } = config;
  const isAskedThere = endpoint !== undefined && isLoopback(endpoint);
  return { region, credentials, requestHandler, logger, maxAttempts: 2, ...(isAskedThere ? { endpoint } : {}) };
}

/** An endpoint of its own in the environment wins over that of a simulator. `service`: as in `AWS_ENDPOINT_URL_SERVICE`. */
export function preferNamedEndpoint<C extends { readonly endpoint?: string }>(
  { endpoint, ...config }: C,
  service: string,
): Omit<C, 'endpoint'> & { readonly endpoint?: string } {
  const isNamed = Boolean(process.env[`AWS_ENDPOINT_URL_${service}`]);
  return { ...config, ...(endpoint && !isNamed ? { endpoint } : {}) };
}

/** `load`: makes the client out of a package that need not be installed; called with the first question. */
export function createAsk<Client>(
  { current, endpoint }: Neighbourhood,
  packageName: string,
  load: (config: ReturnType<typeof configureNeighbour>) => Promise<Client>,
): Ask<Client> {
  let loaded: { readonly beside: KMSClient; readonly client: Promise<Client> } | undefined;
  return async (question) => {
    try {
      const beside = current();
      // Clients keep the credentials that they were given.
      if (loaded?.beside !== beside) loaded = { beside, client: load(configureNeighbour(beside, endpoint)) };
      return { ok: true, value: await question(await loaded.client) };
    } catch (error) {
      return { ok: false, failure: isMissing(error) ? tellMissing(packageName) : classify(error) };
    }
  };
}

/** What goes with each request. */
export function requestOptions(signal: AbortSignal | undefined) {
  return { requestTimeout: 5_000, ...(signal ? { abortSignal: signal } : {}) };
}

function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
}

function tellMissing(packageName: string): Failure {
  const message = `the package ${packageName} is not installed here: npm install ${packageName}`;
  return { code: 'PACKAGE_MISSING', message, class: 'unreachable' };
}
