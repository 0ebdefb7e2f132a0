/**
 * From a request to its answer: KMS in AWS JSON 1.1, STS in the query protocol, the control endpoint in plain JSON.
 * Signatures are not checked, only that there is one. No I/O, and whatever goes wrong inside becomes a KMSInternalException.
 */
import { randomUUID } from 'node:crypto';
import type { ScaledClock } from './clock.ts';
import { answerControl, isControlPath } from './control.ts';
import { hungReply, lostReply, SimulatorFault } from './fault.ts';
import type { Reply } from './reception.ts';
import type { Simulator } from './simulator.ts';
import { answerCallerIdentity, answerStsError } from './sts.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly target: string | undefined;
  readonly contentType: string | undefined;
  /** undefined: larger than the server takes. */
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly requestId: string;
  readonly body: string;
}

/** What the server has to do, after `delayMs`: answer, cut the connection, or leave it open and say nothing. */
export type HttpOutcome = { readonly delayMs: number } & (
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  | { readonly kind: 'lost' | 'hung' }
);

const targetPrefix = 'TrentService.';

/** `clock`: what the control endpoint may advance. */
export function answerRequest(simulator: Simulator, request: HttpRequest, clock?: ScaledClock): HttpOutcome {
  const { method, url, body } = request;
  if (isControlPath(url)) {
    const { statusCode, output } = answerControl(simulator, clock, { method, url, body });
    return answered(encode('application/json', statusCode, randomUUID(), output));
  }
  if (request.contentType?.startsWith('application/x-www-form-urlencoded')) {
    return answered(answerSts(simulator, request));
  }
  return answerKms(simulator, request);
}

function answered(answer: HttpAnswer, delayMs = 0): HttpOutcome {
  return { kind: 'answered', answer, delayMs };
}

function answerKms(simulator: Simulator, request: HttpRequest): HttpOutcome {
  try {
    const { requestId, output, fault, delayMs } = callKms(simulator, request);
    if (!fault) return answered(encodeJson(200, requestId, output), delayMs);
    if (fault.name === lostReply) return { kind: 'lost', delayMs };
    if (fault.name === hungReply) return { kind: 'hung', delayMs };
    return answered(encodeFault(fault, requestId), delayMs);
  } catch (error) {
    // What is refused before it is a call, or is a bug of ours.
    const fault = error instanceof SimulatorFault ? error : new SimulatorFault({ name: 'KMSInternalException' });
    return answered(encodeFault(fault, randomUUID()));
  }
}

function encodeFault({ statusCode, name, message }: SimulatorFault, requestId: string): HttpAnswer {
  return encodeJson(statusCode, requestId, { __type: name, message });
}

function encodeJson(statusCode: number, requestId: string, output: object): HttpAnswer {
  return encode('application/x-amz-json-1.1', statusCode, requestId, output);
}

function encode(contentType: string, statusCode: number, requestId: string, output: object): HttpAnswer {
  return { statusCode, contentType, requestId, body: JSON.stringify(output) };
}

function callKms(simulator: Simulator, { method, authorization, target, body }: HttpRequest): Reply {
  if (body === undefined)
    throw new SimulatorFault({ name: 'RequestEntityTooLarge', message: 'The request is too large' });
  const caller = readCaller(authorization);
  if (caller === undefined) {
    throw new SimulatorFault({ name: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' });
  }
  if (method !== 'POST' || !target?.startsWith(targetPrefix))
    throw new SimulatorFault({ name: 'UnknownOperationException' });
  return simulator.receive(target.slice(targetPrefix.length), parseJson(body), caller);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw new SimulatorFault({ name: 'SerializationException', message: 'The request body is not JSON' });
  }
}

function answerSts(simulator: Simulator, { authorization, body }: HttpRequest): HttpAnswer {
  const requestId = randomUUID();
  const answer = (statusCode: number, xml: string) => ({ statusCode, contentType: 'text/xml', requestId, body: xml });
  const caller = readCaller(authorization);
  if (caller === undefined)
    return answer(
      403,
      answerStsError('MissingAuthenticationToken', 'Request is missing Authentication Token', requestId),
    );
  if (new URLSearchParams(body ?? '').get('Action') !== 'GetCallerIdentity') {
    return answer(400, answerStsError('InvalidAction', 'The simulator knows GetCallerIdentity alone', requestId));
  }
  return answer(200, answerCallerIdentity({ accountId: simulator.accountId, caller, requestId }));
}

/** The access key id of a signed request. */
function readCaller(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /Credential=([\w-]+)\//.exec(authorization)?.[1] ?? 'unknown';
}
