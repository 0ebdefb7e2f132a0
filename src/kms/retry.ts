/** The one retry budget of the project. The SDK itself is told to try once. */
import pRetry from 'p-retry';
import type { Failure } from '../domain/failure.ts';
import type { Reply, UpdateValues } from '../ports/kms.ts';
import { classify } from './classify.ts';

const budget = { retries: 4, minTimeout: 500, maxTimeout: 8_000, factor: 2, randomize: true } as const;

/** What may be sent again: a read after anything passing, a mutation only when KMS says that it did not look at it. */
const retried: Readonly<Record<'read' | 'mutation', readonly Failure['class'][]>> = {
  read: ['throttled', 'unclear', 'unreachable'],
  // An answer of a proxy that limits its own traffic has another class: KMS may have received that call.
  mutation: ['throttled'],
};

class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Sends until an answer stands. `sent`: values whose secrets must not come back in a message. */
export async function sendWithRetry<T>(
  kind: 'read' | 'mutation',
  send: () => Promise<{ value: T; requestId?: string }>,
  { signal, sent }: { signal?: AbortSignal | undefined; sent?: UpdateValues } = {},
): Promise<Reply<T>> {
  let calls = 0;
  try {
    const answer = await pRetry(
      async () => {
        calls += 1;
        try {
          return await send();
        } catch (error) {
          throw new Failed(classify(error, sent));
        }
      },
      {
        ...budget,
        ...(signal ? { signal } : {}),
        shouldRetry: ({ error }) => error instanceof Failed && retried[kind].includes(error.failure.class),
      },
    );
    return { ok: true, calls, ...answer };
  } catch (error) {
    return { ok: false, calls, failure: error instanceof Failed ? error.failure : classify(error) };
  }
}
