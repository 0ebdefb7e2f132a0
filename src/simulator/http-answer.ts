/**
 * From a request to its answer: KMS, CloudHSM, Secrets Manager, CloudWatch and CloudTrail in AWS JSON, EventBridge Scheduler in REST with JSON,
 * EC2 and STS in the query protocol, the control endpoint in plain JSON.
 * Signatures are not checked, only that there is one. No I/O, and whatever goes wrong inside becomes a KMSInternalException.
 */
import { randomUUID } from 'node:crypto';
import type { ScaledClock } from './clock.ts';
import { answerControl, isControlPath } from './control.ts';
import { readQuery, writeAnswer, writeError } from './ec2-query.ts';
import { hungReply, lostReply, SimulatorFault } from './fault.ts';
import { isOperation } from './operations/index.ts';
import type { AskOutside, Reply } from './reception.ts';
import { inputShapes, type Service, serviceOf } from './shapes.ts';
import type { Simulator } from './simulator.ts';
import { answerSts } from './sts.ts';

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
  /** When the service answers, by the simulated clock; absent: the Date is that of the machine. */
  readonly atMs?: number;
}

/** What the server has to do, after `delayMs`: answer, cut the connection, or leave it open and say nothing. */
export type HttpOutcome = { readonly delayMs: number } & (
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  | { readonly kind: 'lost' | 'hung' }
);

const jsonType = 'application/x-amz-json-1.1';
/** Of the query protocol, where the service is not said. */
const stsVersion = '2011-06-15';

/** By what the target of a request begins with. */
const jsonServices: Readonly<Record<string, Service>> = {
  TrentService: 'kms',
  BaldrApiService: 'cloudhsm',
  secretsmanager: 'secretsmanager',
  GraniteServiceVersion20100801: 'cloudwatch',
  CloudTrail_20131101: 'cloudtrail',
};

/** `clock`: what the control endpoint may advance. */
export async function answerRequest(
  simulator: Simulator,
  request: HttpRequest,
  ask: AskOutside,
  clock?: ScaledClock,
): Promise<HttpOutcome> {
  const { method, url, body } = request;
  await simulator.endConnects(ask);
  if (isControlPath(url)) {
    const { statusCode, output } = answerControl(simulator, clock, { method, url, body });
    return answered(encode('application/json', statusCode, randomUUID(), output));
  }
  if (request.contentType?.startsWith('application/x-www-form-urlencoded')) {
    const parameters = new URLSearchParams(body ?? '');
    return parameters.get('Version') === stsVersion || parameters.get('Action') === 'GetCallerIdentity'
      ? answered(callSts(simulator, request, parameters))
      : answerCall(async () => callEc2(simulator, request, parameters), ec2Wire(parameters.get('Action') ?? ''));
  }
  if (url.startsWith(schedulesPath)) return answerCall(async () => callScheduler(simulator, request), jsonWire);
  const isDated = request.target?.startsWith('secretsmanager.');
  return answerCall(() => callJson(simulator, request, ask), isDated ? datedWire(simulator.now) : jsonWire);
}

function answered(answer: HttpAnswer, delayMs = 0): HttpOutcome {
  return { kind: 'answered', answer, delayMs };
}

/** How a service writes what it has to say. */
interface Wire {
  readonly output: (output: object, requestId: string) => HttpAnswer;
  readonly fault: (fault: SimulatorFault, requestId: string) => HttpAnswer;
}

const jsonWire: Wire = {
  output: (output, requestId) => encode(jsonType, 200, requestId, output),
  fault: ({ statusCode, name, message }, requestId) =>
    encode(jsonType, statusCode, requestId, { __type: name, message }),
};

/**
 * With the Date of the simulated clock, by which a rotation waits. An SDK signs by the last Date that it was given, also what it
 * sends to real services: the other simulated services, which every run asks, leave its clock alone.
 */
function datedWire(now: () => number): Wire {
  return {
    output: (output, requestId) => ({ ...jsonWire.output(output, requestId), atMs: now() }),
    fault: (fault, requestId) => ({ ...jsonWire.fault(fault, requestId), atMs: now() }),
  };
}

function ec2Wire(operation: string): Wire {
  const encodeXml = (statusCode: number, requestId: string, body: string): HttpAnswer => {
    return { statusCode, contentType: 'text/xml;charset=UTF-8', requestId, body };
  };
  return {
    output: (output, requestId) => encodeXml(200, requestId, writeAnswer(operation, output, requestId)),
    fault(fault, requestId) {
      const { statusCode, body } = writeError(fault, requestId);
      return encodeXml(statusCode, requestId, body);
    },
  };
}

async function answerCall(call: () => Promise<Reply>, wire: Wire): Promise<HttpOutcome> {
  try {
    const { requestId, output, fault, delayMs } = await call();
    if (!fault) return answered(wire.output(output, requestId), delayMs);
    if (fault.name === lostReply) return { kind: 'lost', delayMs };
    if (fault.name === hungReply) return { kind: 'hung', delayMs };
    return answered(wire.fault(fault, requestId), delayMs);
  } catch (error) {
    // What is refused before it is a call, or is a bug of ours.
    const fault = error instanceof SimulatorFault ? error : new SimulatorFault({ name: 'KMSInternalException' });
    return answered(wire.fault(fault, randomUUID()));
  }
}

function encode(contentType: string, statusCode: number, requestId: string, output: object): HttpAnswer {
  return { statusCode, contentType, requestId, body: JSON.stringify(output) };
}

async function callJson(
  simulator: Simulator,
  { method, authorization, target, body }: HttpRequest,
  ask: AskOutside,
): Promise<Reply> {
  if (body === undefined)
    throw new SimulatorFault({ name: 'RequestEntityTooLarge', message: 'The request is too large' });
  const caller = requireCaller(authorization);
  // The AWS CLI writes the name of the service in full.
  const [operation = '', prefix = ''] = target?.split('.').reverse() ?? [];
  const service = Object.hasOwn(jsonServices, prefix) ? jsonServices[prefix] : undefined;
  if (method !== 'POST' || service === undefined || !belongsTo(operation, service))
    throw new SimulatorFault({ name: 'UnknownOperationException' });
  return simulator.receiveAsking(ask, operation, parseJson(body), caller);
}

function callEc2(simulator: Simulator, { authorization }: HttpRequest, parameters: URLSearchParams): Reply {
  const caller = requireCaller(authorization);
  const operation = parameters.get('Action') ?? '';
  if (!isOperation(operation) || serviceOf(operation) !== 'ec2')
    throw new SimulatorFault({ name: 'UnknownOperationException', message: `The action ${operation} is not valid` });
  return simulator.receive(operation, readQuery(inputShapes[operation], parameters), caller);
}

const schedulesPath = '/schedules/';
const schedulerMethods: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule',
  GET: 'GetSchedule',
  DELETE: 'DeleteSchedule',
};

/** The name stands in the path, the rest of the input in the query or in the body. */
function callScheduler(simulator: Simulator, { method, url, authorization, body }: HttpRequest): Reply {
  const caller = requireCaller(authorization);
  const operation = schedulerMethods[method];
  if (operation === undefined) throw new SimulatorFault({ name: 'UnknownOperationException' });
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const query = { GroupName: searchParams.get('groupName'), ClientToken: searchParams.get('clientToken') };
  const told = body ? parseJson(body) : {};
  const Name = decodeURIComponent(pathname.slice(schedulesPath.length));
  return simulator.receive(operation, { ...query, ...(told as object), Name }, caller);
}

/** Unknown operations of KMS are recorded too. */
function belongsTo(operation: string, service: Service): boolean {
  return isOperation(operation) ? serviceOf(operation) === service : service === 'kms';
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw new SimulatorFault({ name: 'SerializationException', message: 'The request body is not JSON' });
  }
}

function callSts(
  { region, accountId }: Simulator,
  { authorization }: HttpRequest,
  parameters: URLSearchParams,
): HttpAnswer {
  const requestId = randomUUID();
  const caller = readCaller(authorization);
  return { contentType: 'text/xml', requestId, ...answerSts({ region, accountId, caller, parameters, requestId }) };
}

/** @throws SimulatorFault MissingAuthenticationTokenException */
function requireCaller(authorization: string | undefined): string {
  const caller = readCaller(authorization);
  if (caller !== undefined) return caller;
  throw new SimulatorFault({ name: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' });
}

/** The access key id of a signed request. */
function readCaller(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /Credential=([\w-]+)\//.exec(authorization)?.[1] ?? 'unknown';
}
