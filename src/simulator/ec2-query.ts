/**
 * The query protocol of EC2: parameters such as `Filter.1.Value.2` in, XML out. Names follow from those of the API model but
 * for a few.
 */
import type { Shape, StructureShape } from './shapes.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** Names of lists on the wire that are not the member's own. */
const wireNames: Readonly<Record<string, string>> = {
  Subnets: 'subnetSet',
  SecurityGroups: 'securityGroupInfo',
  Description: 'groupDescription',
  UserIdGroupPairs: 'groups',
  ServiceNames: 'serviceNameSet',
  ServiceDetails: 'serviceDetailSet',
  ServiceConfigurations: 'serviceConfigurationSet',
  AvailabilityZones: 'availabilityZoneSet',
  SupportedIpAddressTypes: 'supportedIpAddressTypeSet',
  NetworkLoadBalancerArns: 'networkLoadBalancerArnSet',
  GatewayLoadBalancerArns: 'gatewayLoadBalancerArnSet',
};

/** What EC2 calls the errors that every service has, with their statuses. */
const commonErrors: Readonly<Record<string, { readonly code: string; readonly statusCode: number }>> = {
  AccessDeniedException: { code: 'UnauthorizedOperation', statusCode: 403 },
  ThrottlingException: { code: 'RequestLimitExceeded', statusCode: 503 },
  ExpiredTokenException: { code: 'RequestExpired', statusCode: 400 },
  UnrecognizedClientException: { code: 'AuthFailure', statusCode: 401 },
  MissingAuthenticationTokenException: { code: 'AuthFailure', statusCode: 401 },
  KMSInternalException: { code: 'InternalError', statusCode: 500 },
  UnknownOperationException: { code: 'InvalidAction', statusCode: 400 },
  ValidationException: { code: 'InvalidParameterValue', statusCode: 400 },
  SerializationException: { code: 'InvalidParameterValue', statusCode: 400 },
};

/** The input in the terms of the API model. What is no number where one is wanted stays text, for validation to refuse. */
export function readQuery(shape: StructureShape, parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  return readStructure(shape, parameters, '');
}

function readStructure(shape: StructureShape, parameters: URLSearchParams, prefix: string): Record<string, unknown> {
  const values = Object.entries(shape.members).map(([name, member]) => {
    const wireName = member.type === 'list' ? name.replace(/s$/, '') : name;
    return [name, readValue(member, parameters, `${prefix}${wireName}`)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function readValue(shape: Shape, parameters: URLSearchParams, at: string): unknown {
  if (shape.type === 'structure') return readStructure(shape, parameters, `${at}.`);
  if (shape.type === 'list') {
    const items: unknown[] = [];
    while (hasAny(parameters, `${at}.${items.length + 1}`)) {
      items.push(readValue(shape.member, parameters, `${at}.${items.length + 1}`));
    }
    return items.length > 0 ? items : undefined;
  }
  const text = parameters.get(at) ?? undefined;
  if (text === undefined || shape.type === 'string') return text;
  if (shape.type === 'boolean') return { true: true, false: false }[text] ?? text;
  return /^\d+$/.test(text) ? Number(text) : text;
}

function hasAny(parameters: URLSearchParams, at: string): boolean {
  return [...parameters.keys()].some((key) => key === at || key.startsWith(`${at}.`));
}

export function writeAnswer(operation: string, output: object, requestId: string): string {
  return `<${operation}Response xmlns="${namespace}"><requestId>${requestId}</requestId>${writeMembers(output)}</${operation}Response>`;
}

export function writeError(
  { name, message, statusCode }: { readonly name: string; readonly message: string; readonly statusCode: number },
  requestId: string,
): { readonly statusCode: number; readonly body: string } {
  const known = commonErrors[name] ?? { code: name, statusCode };
  const error = `<Error><Code>${escapeXml(known.code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  const body = `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`;
  return { statusCode: known.statusCode, body };
}

function writeMembers(value: object): string {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => {
      const wireName = wireNames[name] ?? `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      return `<${wireName}>${writeValue(inner)}</${wireName}>`;
    })
    .join('');
}

function writeValue(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<item>${writeValue(item)}</item>`).join('');
  return typeof value === 'object' && value !== null ? writeMembers(value) : escapeXml(String(value));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
