/** Other services of AWS, asked as KMS is: the same Region, the same credentials, the same way there. */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Failure } from '../domain/failure.ts';
import type { Answer } from '../ports/answer.ts';
import { classify } from './classify.ts';
import { shareClock } from './clock-offset.ts';
import { resolveCredentials } from './credentials.ts';
import { type EndpointTerms, findServiceEndpoint } from './endpoints.ts';
import { retry } from './retry.ts';
import { within } from './time-limit.ts';

export interface Neighbourhood extends EndpointTerms {
  /** The client of KMS in use now: it changes when credentials are asked for anew. */
  current(): KMSClient;
}

/** `serviceId`: as in its API model. */
export interface NeighbourService {
  readonly packageName: string;
  readonly serviceId: string;
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

/** What the client of another service takes. */
async function configureNeighbour({ config }: KMSClient, serviceId: string, terms: EndpointTerms) {
  const { region, credentials, requestHandler, logger } = config;
  const endpoint = await findServiceEndpoint(serviceId, terms);
  return { region, credentials, requestHandler, logger, maxAttempts: 1, ...(endpoint ? { endpoint } : {}) };
}

export type NeighbourConfig = Awaited<ReturnType<typeof configureNeighbour>>;

/**
 * `load`: makes the client out of a package that need not be installed; called with the first question. A question whose
 * answer was lost is asked again as a whole, so it must bear that. `limitMs`: for a question with all its tries, after the
 * credentials were found.
 */
export function createAsk<Client extends object>(
  { current, ...terms }: Neighbourhood,
  { packageName, serviceId }: NeighbourService,
  load: (config: NeighbourConfig) => Promise<Client>,
  limitMs = timeoutsMs.question,
): Ask<Client> {
  let loaded: { readonly beside: KMSClient; readonly client: Promise<Client> } | undefined;

  async function open(beside: KMSClient): Promise<Client> {
    const client = await load(await configureNeighbour(beside, serviceId, terms));
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
        retry('neighbour', () => question(client, { requestTimeout: timeoutsMs.request, abortSignal }), {
          signal: abortSignal,
        }),
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
