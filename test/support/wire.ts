/**
 * What stands between this machine and KMS, and what the AWS SDK makes of it: the errors that it throws, the times that it
 * keeps (`requestTimeout` ends with the headers of an answer) and those that it does not.
 */
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Clock } from '../../src/ports/clock.ts';
import { hungReply, lostReply, type Reply, SimulatorFault } from '../../src/simulator/index.ts';

/** AWS's spellings of "too many requests" beside ThrottlingException, as its SDKs know them. */
export const throttles = [
  'RequestThrottled',
  'RequestThrottledException',
  'ThrottledException',
  'RequestLimitExceeded',
  'SlowDown',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
] as const;

/** Errors of the credentials behind a call, or of those who give them. */
export const credentialErrors = [
  'ExpiredTokenException',
  'InvalidIdentityToken',
  'IDPCommunicationError',
  'CredentialsProviderError',
] as const;

/** Pages of a middlebox by their HTTP status. */
const pages = { html200: 200, html403: 403, html404: 404, html502: 502, html503: 503 } as const;

/** Answers without a body that the SDK could read. */
const empties = { empty403: 403, empty503: 503, redirect: 302 } as const;

const silences = ['silence', 'stall', 'drip', 'credentialProcess'] as const;

export const obstacles = [
  ...silences,
  ...(Object.keys(pages) as (keyof typeof pages)[]),
  ...(Object.keys(empties) as (keyof typeof empties)[]),
  ...throttles,
  ...credentialErrors,
  'ECONNREFUSED',
  'lostReplies',
] as const;

/**
 * `silence`: no answer. `stall`: headers, and a body that never ends. `drip`: a body that takes ten minutes.
 * `credentialProcess`: the credentials are never found. `lostReplies`: the connection breaks before the answer.
 */
export type Obstacle = (typeof obstacles)[number];

export interface Obstruction {
  readonly how: Obstacle;
  readonly forMs: number;
  /** Default: every operation. */
  readonly operation?: string | undefined;
  /** KMS carries the call out all the same, where the obstacle leaves that open. */
  readonly isCarriedOut?: boolean;
  /** A middlebox that passes the request id of KMS on. */
  readonly hasRequestId?: boolean;
}

/** Nothing of the call can have reached KMS. */
const unsent: readonly Obstacle[] = [...throttles, ...credentialErrors, 'ECONNREFUSED', 'credentialProcess'];

export const mayReachKms = ({ how, isCarriedOut = false }: Obstruction) =>
  how === 'lostReplies' || how === 'drip' || (isCarriedOut && !unsent.includes(how));

/** What a caller cannot take for KMS's own answer to this call. */
export function isUnclear(error: string): boolean {
  return [lostReply, hungReply, 'KMSInternalException', 'SyntaxError', 'Unknown', 'TimeoutError'].includes(error);
}

/** How the client of the SDK answers one request. */
export interface WireAnswer {
  /** When nothing else ends it; undefined: never. */
  readonly afterMs: number | undefined;
  /** The headers come at once, so that the timeout of the SDK does not apply. */
  readonly hasHeaders: boolean;
  /** The name of the error, as judges know it; undefined: KMS has answered. */
  readonly error: string | undefined;
  readonly finish: () => { output: Readonly<Record<string, unknown>>; requestId?: string };
}

const dripMs = 600_000;

/** `reply`: that of KMS, where the call has reached it. */
export function answerOnWire(
  obstruction: Obstruction | undefined,
  reply: Reply | undefined,
  input: object,
  echo: Echo,
): WireAnswer {
  if (obstruction) return obstruct(obstruction, reply, input, echo);
  if (!reply) throw new Error('a call that nothing stands in the way of reaches KMS');
  const { output, fault, requestId, delayMs } = reply;
  const isHung = fault?.name === hungReply;
  return {
    afterMs: isHung ? undefined : delayMs,
    hasHeaders: false,
    error: fault?.name,
    finish: () => {
      if (fault) throw toSdkError(fault, requestId, input, echo);
      return { output: output as Readonly<Record<string, unknown>>, requestId };
    },
  };
}

function obstruct(
  { how, hasRequestId = false }: Obstruction,
  reply: Reply | undefined,
  input: object,
  echo: Echo,
): WireAnswer {
  const at = { afterMs: 0, hasHeaders: false };
  const fail = (error: Error) => () => {
    throw error;
  };
  const id = hasRequestId ? { requestId: reply?.requestId || 'd0c0ffee-0000-4000-8000-000000000000' } : {};
  if (how === 'silence' || how === 'credentialProcess')
    return { ...at, afterMs: undefined, error: hungReply, finish: fail(timeOut()) };
  if (how === 'stall')
    return { ...at, afterMs: undefined, hasHeaders: true, error: hungReply, finish: fail(timeOut()) };
  if (how === 'drip') {
    return { ...answerOnWire(undefined, reply, input, echo), afterMs: dripMs, hasHeaders: true };
  }
  if (how === 'lostReplies') return { ...at, error: lostReply, finish: fail(reset()) };
  if (how === 'ECONNREFUSED') {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: how, $metadata: {} });
    return { ...at, error: how, finish: fail(error) };
  }
  if (how in pages) {
    const $metadata = { httpStatusCode: pages[how as keyof typeof pages], ...id };
    const message = `Unexpected token '<', "<html>${echo.raw(input)}"... is not valid JSON\n  Deserialization error`;
    return {
      ...at,
      error: 'SyntaxError',
      finish: fail(Object.assign(new SyntaxError(message), { $metadata })),
    };
  }
  if (how in empties) {
    const $metadata = { httpStatusCode: empties[how as keyof typeof empties], ...id };
    return { ...at, error: 'Unknown', finish: fail(named('Unknown', 'UnknownError', $metadata)) };
  }
  const isThrottle = (throttles as readonly string[]).includes(how);
  const isOfProvider = how === 'CredentialsProviderError';
  const $metadata = isOfProvider
    ? {}
    : { httpStatusCode: isThrottle ? 429 : 400, requestId: 'a0c0ffee-0000-4000-8000-000000000000' };
  return { ...at, error: how, finish: fail(named(how, new SimulatorFault({ name: how }).message, $metadata)) };
}

/** What an answer may quote of a request. */
export interface Echo {
  /** A request was sent. */
  onEvent(input: object): void;
  /** The process that sent them is gone, and another one knows nothing of its secrets. */
  forget(): void;
  /** The text that an error shows of the request; empty where it shows none. */
  raw(input: object): string;
  /** A name that an error carries in the place of its own. */
  name(input: object, name: string): string;
}

export const silentEcho: Echo = {
  onEvent: () => undefined,
  forget: () => undefined,
  raw: () => '',
  name: (_, name) => name,
};

const named = (name: string, message: string, $metadata: object) =>
  Object.assign(new Error(message), { name, $metadata });
const timeOut = () => named('TimeoutError', 'Request timed out', {});
const reset = () => Object.assign(named('TimeoutError', 'socket hang up', {}), { code: 'ECONNRESET' });

/** What the SDK would throw for a fault of the simulator. A message may quote what was `(sent)`. */
export function toSdkError(fault: SimulatorFault, requestId: string, input: object, echo: Echo = silentEcho): Error {
  const { name, message, statusCode } = fault;
  if (name === hungReply) return timeOut();
  if (name === lostReply) return reset();
  if (name === 'ECONNREFUSED') return Object.assign(new Error('connect ECONNREFUSED'), { code: name, $metadata: {} });
  // What the SDK makes of the HTML page of a proxy: the answer has a status and no request id.
  if (name === 'SyntaxError') return named(name, message, { httpStatusCode: statusCode });
  const told = message.replace('(sent)', () => JSON.stringify(input));
  return named(echo.name(input, name), `${told}${echo.raw(input)}`, { httpStatusCode: statusCode, requestId });
}

type Client = Pick<KMSClient, 'send' | 'config'>;

/** A mutation's; reads bring their own. */
const requestTimeoutMs = 30_000;

/** A client as the SDK has it, over functions that find its credentials and bring the answers. */
export function createWireClient(
  clock: Clock,
  credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>,
  ask: (operation: string, input: Readonly<Record<string, unknown>>) => Promise<WireAnswer>,
): Client {
  const send = async (
    command: { readonly input: Readonly<Record<string, unknown>> },
    { abortSignal, requestTimeout = requestTimeoutMs }: { abortSignal?: AbortSignal; requestTimeout?: number } = {},
  ) => {
    // What looks for credentials hears of no signal.
    await credentials();
    const operation = command.constructor.name.replace(/Command$/, '');
    const { afterMs = Number.POSITIVE_INFINITY, hasHeaders, finish } = await ask(operation, command.input);
    const limitMs = hasHeaders ? Number.POSITIVE_INFINITY : requestTimeout || Number.POSITIVE_INFINITY;
    await sleepUntilAborted(clock, Math.min(afterMs, limitMs), abortSignal);
    if (abortSignal?.aborted) throw named('AbortError', 'Request aborted', {});
    if (afterMs > limitMs) throw timeOut();
    const { output, requestId } = finish();
    return { ...output, $metadata: requestId === undefined ? {} : { requestId } };
  };
  return { send, config: { credentials } } as unknown as Client;
}

function sleepUntilAborted(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (Number.isFinite(ms)) return clock.sleep(ms, signal);
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
