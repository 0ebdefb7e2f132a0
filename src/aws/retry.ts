/** The one retry mechanism of the project: the SDK itself tries once. */
import { setMaxListeners } from 'node:events';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import pRetry, { type Options } from 'p-retry';
import type { Failure } from '../domain/failure.ts';
import type { Reply, UpdateValues } from '../ports/kms.ts';
import { classify } from './classify.ts';

/**
 * `read`: of KMS. `mutation`: a call that changes a store; only a throttled one certainly changed nothing. `neighbour`: a
 * question to another service; a run waits for its answer, so it tries no more than it must.
 */
export type RetryKind = 'read' | 'mutation' | 'neighbour';

interface Terms extends Pick<Options, 'retries' | 'minTimeout' | 'maxTimeout'> {
  /** Whether another try may have a better answer. */
  readonly mayPass: (error: Error, sent: UpdateValues | undefined) => boolean;
}

const hasClass =
  (...classes: readonly Failure['class'][]): Terms['mayPass'] =>
  (error, sent) =>
    classes.includes(classify(error, sent).class);

type SdkError = Parameters<typeof isTransientError>[0];

const patient = { retries: 4, minTimeout: 500, maxTimeout: 8_000 } as const;

const terms: Readonly<Record<RetryKind, Terms>> = {
  read: { ...patient, mayPass: hasClass('throttled', 'unclear', 'unreachable') },
  // An answer of a proxy that limits its own traffic has another class: KMS may have received that call.
  mutation: { ...patient, mayPass: hasClass('throttled') },
  neighbour: {
    retries: 2,
    minTimeout: 200,
    maxTimeout: 1_000,
    // Their errors are those of many services, which the SDK knows.
    mayPass: (error) => [isThrottlingError, isTransientError, isServerError].some((is) => is(error as SdkError)),
  },
};

interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Values whose secrets must not come back in a message. */
  readonly sent?: UpdateValues;
  /** With the first. Default: as many as the kind has. */
  readonly maxTries?: number | undefined;
}

/** @throws what the last try threw, or the reason of the signal. */
export function retry<T>(
  kind: RetryKind,
  attempt: () => Promise<T>,
  { signal, sent, maxTries }: RetryOptions = {},
): Promise<T> {
  const { mayPass, ...budget } = terms[kind];
  // Many requests wait for the same stop, which Node.js takes for a leak.
  if (signal) setMaxListeners(0, signal);
  return pRetry(attempt, {
    ...budget,
    ...(maxTries === undefined ? {} : { retries: maxTries - 1 }),
    factor: 2,
    randomize: true,
    ...(signal ? { signal } : {}),
    shouldRetry: ({ error }) => mayPass(error, sent),
  });
}

/** Sends until an answer stands, or until no further try is due: then the failure is a value. */
export async function sendWithRetry<T>(
  kind: RetryKind,
  send: () => Promise<{ value: T; requestId?: string }>,
  options: RetryOptions = {},
): Promise<Reply<T>> {
  let calls = 0;
  try {
    const answer = await retry(
      kind,
      () => {
        calls += 1;
        return send();
      },
      options,
    );
    return { ok: true, calls, ...answer };
  } catch (error) {
    return { ok: false, calls, failure: classify(error, options.sent) };
  }
}
