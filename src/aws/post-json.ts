/** POSTs JSON to an endpoint of the user. Errors name only the HTTP status or the network code, because a URL may hold a token. */
import pRetry, { AbortError } from 'p-retry';
import { within } from './time-limit.ts';

export interface PostOptions {
  /** How errors name the endpoint. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** How long one attempt may take. */
  readonly limitMs: number;
  /** After an attempt without an answer, or with 429 or 5xx. */
  readonly retries: number;
  readonly pauseMs: number;
}

/** Any 2xx is taken for done. @throws Error such as `NAME answered 503` or `NAME did not answer (ECONNREFUSED)` */
export function postJson(url: URL, body: string, { retries, pauseMs, ...options }: PostOptions): Promise<void> {
  return pRetry(() => post(url, body, options), {
    retries,
    minTimeout: pauseMs,
    factor: 1,
    shouldRetry: () => !options.signal.aborted,
  });
}

async function post(
  url: URL,
  body: string,
  { name, headers, signal, limitMs }: Omit<PostOptions, 'retries' | 'pauseMs'>,
): Promise<void> {
  const status = await within({ limitMs, stop: signal }, async (abortSignal) => {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
      // A redirect may lead anywhere.
      redirect: 'manual',
      signal: abortSignal,
    });
    await answer.body?.cancel();
    return answer.status;
  }).catch((error: unknown) => {
    throw new Error(`${name} did not answer (${nameTrouble(error)})`);
  });
  if (status >= 200 && status < 300) return;
  const problem = `${name} answered ${status}`;
  throw status === 429 || status >= 500 ? new Error(problem) : new AbortError(problem);
}

/** The code, where the network has one: a message may quote the URL. */
function nameTrouble(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown error');
}
