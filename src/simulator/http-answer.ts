/**
 * From a request to its answer: KMS in AWS JSON 1.1, STS in the query protocol. Signatures are not checked, only that there
 * is one. No I/O, and whatever goes wrong inside becomes a KMSInternalException.
 */
import { randomUUID } from 'node:crypto';
import { lostReply, SimulatorFault } from './fault.ts';
import type { Simulator } from './simulator.ts';
import { answerCallerIdentity, answerStsError } from './sts.ts';

export interface HttpRequest {
  readonly method: string;
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

const targetPrefix = 'TrentService.';

/** The answer; undefined when the reply is to get lost. */
export function answerRequest(simulator: Simulator, request: HttpRequest): HttpAnswer | undefined {
  if (request.contentType?.startsWith('application/x-www-form-urlencoded')) return answerSts(simulator, request);
  const callsBefore = simulator.calls.length;
  // A call leaves a record with the request id; what is refused before it has none.
  const requestId = () => simulator.calls[callsBefore]?.requestId ?? randomUUID();
  try {
    return answerJson(200, requestId, callKms(simulator, request));
  } catch (error) {
    const fault = error instanceof SimulatorFault ? error : new SimulatorFault({ name: 'KMSInternalException' });
    if (fault.name === lostReply) return undefined;
    return answerJson(fault.statusCode, requestId, { __type: fault.name, message: fault.message });
  }
}

function answerJson(statusCode: number, requestId: () => string, output: object): HttpAnswer {
  const contentType = 'application/x-amz-json-1.1';
  return { statusCode, contentType, requestId: requestId(), body: JSON.stringify(output) };
}

function callKms(simulator: Simulator, { method, authorization, target, body }: HttpRequest): object {
  if (body === undefined)
    throw new SimulatorFault({ name: 'RequestEntityTooLarge', message: 'The request is too large' });
  const caller = readCaller(authorization);
  if (caller === undefined) {
    throw new SimulatorFault({ name: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' });
  }
  if (method !== 'POST' || !target?.startsWith(targetPrefix))
    throw new SimulatorFault({ name: 'UnknownOperationException' });
  return simulator.call(target.slice(targetPrefix.length), parseJson(body), caller);
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
