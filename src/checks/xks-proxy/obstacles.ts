/**
 * What stands between a question and its answer. `failed`: KMS would meet it too. `unknown`: our place alone may explain it.
 * Source of the statuses: XKS proxy API specification 1.0.3, "Error codes".
 */
import type { NoReply, ProxyAnswer, ProxyReply, ProxyTrouble } from '../../ports/xks-proxy.ts';
import { failed, unknown } from '../conclude.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Obstacle {
  readonly status: 'failed' | 'unknown';
  readonly text: string;
}

const elsewhere = '; if this machine can reach it at another address, give that with --xks-proxy-connect-to';

const troubles: Readonly<Record<ProxyTrouble, Obstacle>> = {
  noName: unknown(`cannot resolve its name from this machine${elsewhere}`),
  ipv6Only: failed('its name has an IPv6 address and no IPv4 address, and KMS uses IPv4 only'),
  noConnection: unknown(`it cannot be connected to from here${elsewhere}`),
  notTls: failed('it does not speak TLS'),
  oldTls: failed('it speaks neither TLS 1.2 nor 1.3'),
  tlsRefused: unknown('it refused the TLS handshake: it may have no cipher that KMS speaks'),
  clientCertificate: failed(
    'it requires a client certificate (mTLS), and KMS has not presented one since 15 June 2026; make it stop requiring one',
  ),
  certificate: unknown('its certificate is not trusted here'),
  closed: unknown('it closed the connection before it answered'),
  notHttp: failed('its answer is not HTTP'),
  tooLarge: failed('its answer is larger than any that KMS reads'),
  timedOut: unknown('it does not answer here in time'),
  stopped: unknown('a stop was requested'),
};

const ofOneKey = [
  'KeyNotFoundException',
  'InvalidStateException',
  'InvalidKeyUsageException',
  'UnsupportedOperationException',
  'InvalidCiphertextException',
];

const errorNames = [
  ...ofOneKey,
  'ValidationException',
  'AuthenticationFailedException',
  'AccessDeniedException',
  'InvalidUriPathException',
  'ThrottlingException',
  'InternalException',
  'DependencyTimeoutException',
];

/** Verifiers of signatures take no clock that is further off. */
const mostSkewMs = 300_000;

/** A success that can be read. */
export interface ReadReply {
  readonly json: Fields;
  readonly elapsedMs: number;
}

export function readReply(reply: ProxyReply): ReadReply | Obstacle {
  if (reply.kind === 'failed') return explainTrouble(reply);
  const { status, json, elapsedMs, path, principal } = reply;
  if (status === 200) return isObject(json) ? { json, elapsedMs } : failed('its answer is not a JSON object');
  const told = describeError(reply);
  if (status === 401) return judgeRefusal(reply, told);
  if (status === 403)
    return unknown(`it denies access ${principal ? `to ${principal}, in whose name cks asks` : 'from here'} (${told})`);
  if (status === 429 || status === 503) return unknown(`it is too busy to answer (${told})`);
  if (status >= 300 && status < 400) return failed(`it redirects (${told}), and KMS follows none`);
  if (status === 404 && path !== undefined) return failed(`it answers ${told} for ${path}`);
  return failed(`it answers ${told}`);
}

/** `400 InvalidStateException: "the key is disabled"` */
function describeError(reply: ProxyAnswer): string {
  const { errorName, errorMessage } = isObject(reply.json) ? reply.json : {};
  const name = typeof errorName === 'string' && errorName !== '' ? [errorName] : [];
  const message = typeof errorMessage === 'string' && errorMessage !== '' ? `: "${errorMessage}"` : '';
  return `${[reply.status, ...name].join(' ')}${message}`;
}

export function explainTrouble({ trouble, detail }: NoReply): Obstacle {
  const { status, text } = troubles[trouble];
  return { status, text: `${text} (${detail})` };
}

export function isObstacle(found: object): found is Obstacle {
  return 'text' in found;
}

function judgeRefusal({ aheadMs }: ProxyAnswer, told: string): Obstacle {
  if (aheadMs === null || Math.abs(aheadMs) < mostSkewMs) return failed(`it refuses the credential (${told})`);
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return unknown(
    `it refuses the signature (${told}), but its clock and that of this machine are ${minutes} minutes apart`,
  );
}

/** The errorName of an answer that is no success, where the specification has it. */
export function readErrorName({ json }: ProxyAnswer): string | undefined {
  return errorNames.find((name) => isObject(json) && json.errorName === name);
}

/** Whether it is the key that stands in the way, and not the proxy or the way to it. */
export function isOfKey(reply: ProxyReply): boolean {
  return reply.kind === 'answered' && ofOneKey.includes(readErrorName(reply) ?? '');
}

/** Quotes a member of an answer, such as `"RSA_2048"`, or says that it is missing. */
export function quoteMember(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 300);
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
