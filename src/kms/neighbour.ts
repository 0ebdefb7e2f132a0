/** Other services of AWS, asked as KMS is: the same Region, the same credentials, the same way there. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Failure } from '../domain/failure.ts';
import type { Answer } from '../ports/answer.ts';
import { classify } from './classify.ts';
import { shareClock } from './clock-offset.ts';
import { resolveCredentials } from './credentials.ts';
import { isLoopback } from './place.ts';
import { within } from './time-limit.ts';

export interface Neighbourhood {
  /** The client of KMS in use now: it changes when credentials are asked for anew. */
  current(): KMSClient;
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint: string | undefined;
}

/** What goes with each request of a question. */
export interface RequestOptions {
  readonly requestTimeout: number;
  /** Aborts at the time limit of the question, and at a stop. */
  readonly abortSignal: AbortSignal;
}

/** Asks one question; pages are for the question to turn. `stop`: ends it early; only for what reads. */
export type Ask<Client> = <T>(
  question: (client: Client, options: RequestOptions) => Promise<T>,
  stop?: AbortSignal,
) => Promise<Answer<T>>;

/** For the headers of one answer, and for a question with all its answers. */
const timeoutsMs = { request: 5_000, question: 15_000 };

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

/**
 * `load`: makes the client out of a package that need not be installed; called with the first question. `limitMs`: for a
 * question with all its requests, after the credentials were found.
 */
export function createAsk<Client extends object>(
  { current, endpoint }: Neighbourhood,
  packageName: string,
  load: (config: ReturnType<typeof configureNeighbour>) => Promise<Client>,
  limitMs = timeoutsMs.question,
): Ask<Client> {
  let loaded: { readonly beside: KMSClient; readonly client: Promise<Client> } | undefined;

  async function open(beside: KMSClient): Promise<Client> {
    const client = await load(configureNeighbour(beside, endpoint));
    if ('config' in client) shareClock(client.config as object, beside.config);
    return client;
  }

  return async (question, stop) => {
    try {
      const beside = current();
      // Clients keep the credentials that they were given.
      if (loaded?.beside !== beside) loaded = { beside, client: open(beside) };
      const client = await loaded.client;
      await resolveCredentials(beside, { stop });
      const value = await within({ limitMs, stop }, (abortSignal) =>
        question(client, { requestTimeout: timeoutsMs.request, abortSignal }),
      );
      return { ok: true, value };
    } catch (error) {
      return { ok: false, failure: isMissing(error) ? describeMissing(packageName) : classify(error) };
    }
  };
}

function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
}

function describeMissing(packageName: string): Failure {
  const message = `the package ${packageName} is not installed here: npm install ${packageName}`;
  return { code: 'PACKAGE_MISSING', message, class: 'unreachable' };
}
