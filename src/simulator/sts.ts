/** What the tools around KMS ask of STS, in the query protocol: their identity, and to assume a role. */

import { createHash } from 'node:crypto';
import { writePrincipal } from './partition.ts';

export interface StsRequest {
  readonly region: string;
  readonly accountId: string;
  /** The access key id of who asks; undefined: the request is not signed. */
  readonly caller: string | undefined;
  readonly parameters: URLSearchParams;
  readonly requestId: string;
}

export interface StsAnswer {
  readonly statusCode: number;
  readonly body: string;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const roleArn = /^arn:[\w-]+:iam::(\d{12}):role\/([\w+=,.@/-]+)$/;
const lastsMs = 3_600_000;

export function answerSts({ region, accountId, caller, parameters, requestId }: StsRequest): StsAnswer {
  const action = parameters.get('Action');
  if (caller === undefined)
    return refuse(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token', requestId);
  if (action === 'GetCallerIdentity') {
    return answer(
      action,
      { Arn: writePrincipal(region, accountId, `user/${caller}`), UserId: caller, Account: accountId },
      requestId,
    );
  }
  if (action === 'AssumeRole') return assumeRole({ region, accountId, parameters, requestId });
  return refuse(400, 'InvalidAction', `The simulator knows no action ${action} of STS`, requestId);
}

/** Any role of the simulator's own account may be taken on. */
function assumeRole({ region, accountId, parameters, requestId }: Omit<StsRequest, 'caller'>): StsAnswer {
  const arn = parameters.get('RoleArn') ?? '';
  const session = parameters.get('RoleSessionName') ?? '';
  const [, owner, role] = roleArn.exec(arn) ?? [];
  if (owner === undefined || !/^[\w+=,.@-]{2,64}$/.test(session))
    return refuse(400, 'ValidationError', 'RoleArn or RoleSessionName is not valid', requestId);
  if (owner !== accountId)
    return refuse(403, 'AccessDenied', `not authorized to perform: sts:AssumeRole on resource: ${arn}`, requestId);
  const id = createHash('sha256').update(`${arn}/${session}`).digest('hex').toUpperCase();
  const credentials = {
    AccessKeyId: `ASIA${id.slice(0, 16)}`,
    SecretAccessKey: id.slice(16, 56),
    SessionToken: id,
    // The client that gets them uses the clock of the machine.
    Expiration: new Date(Date.now() + lastsMs).toISOString(),
  };
  const user = {
    AssumedRoleId: `AROA${id.slice(0, 16)}:${session}`,
    Arn: writePrincipal(region, owner, `assumed-role/${role}/${session}`, 'sts'),
  };
  return answer('AssumeRole', { Credentials: credentials, AssumedRoleUser: user }, requestId);
}

type Members = { readonly [name: string]: string | Members };

function answer(action: string, members: Members, requestId: string): StsAnswer {
  const result = `<${action}Result>${write(members)}</${action}Result>`;
  return {
    statusCode: 200,
    body: `<${action}Response xmlns="${namespace}">${result}${metadata(requestId)}</${action}Response>`,
  };
}

function write(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${typeof value === 'string' ? value : write(value)}</${name}>`)
    .join('');
}

function refuse(statusCode: number, code: string, message: string, requestId: string): StsAnswer {
  const error = write({ Type: 'Sender', Code: code, Message: message });
  return {
    statusCode,
    body: `<ErrorResponse xmlns="${namespace}"><Error>${error}</Error>${metadata(requestId)}</ErrorResponse>`,
  };
}

function metadata(requestId: string): string {
  return `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
}
