/**
 * Signature Version 4 as KMS writes it and an XKS proxy verifies it. Source: XKS proxy API specification 1.0.3, "Authentication": service
 * `kms-xks-proxy`, the Region of KMS, no query, and a clock that is at most five minutes off.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

const service = 'kms-xks-proxy';
const mostSkewMs = 300_000;
const form =
  /^AWS4-HMAC-SHA256 Credential=([A-Z2-7a-z0-9]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Whether one of the credentials, AccessKeyId -> RawSecretAccessKey, made the signature. `nowMs`: since the epoch. */
export function isSignedBy(
  credentials: Readonly<Record<string, string>>,
  request: SignedRequest,
  region: string,
  nowMs: number,
): boolean {
  const [, accessKeyId = '', day = '', scopeRegion, scopeService, signed = '', signature = ''] =
    form.exec(readHeader(request, 'authorization') ?? '') ?? [];
  const secret = Object.hasOwn(credentials, accessKeyId) ? credentials[accessKeyId] : undefined;
  const stamp = readHeader(request, 'x-amz-date') ?? '';
  const names = signed.split(';');
  if (secret === undefined || scopeRegion !== region || scopeService !== service) return false;
  if (!names.includes('host') || !names.includes('x-amz-date') || !isTimely(stamp, day, nowMs)) return false;
  return timingSafeEqual(writeSignature(request, names, secret, region, stamp), Buffer.from(signature, 'hex'));
}

/** The headers of a signed request to a host. `nowMs`: since the epoch. */
export function signFor(
  host: string,
  request: Omit<SignedRequest, 'headers'>,
  { accessKeyId, secret }: { readonly accessKeyId: string; readonly secret: string },
  region: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { host, 'x-amz-date': stamp };
  const names = Object.keys(headers);
  const signature = writeSignature({ ...request, headers }, names, secret, region, stamp).toString('hex');
  const credential = `Credential=${accessKeyId}/${writeScope(region, stamp)}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

function writeSignature(
  request: SignedRequest,
  names: readonly string[],
  secret: string,
  region: string,
  stamp: string,
): Buffer {
  const scope = writeScope(region, stamp);
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, hash(writeCanonical(request, names))].join('\n');
  return sign(scope.split('/').reduce<Buffer>(sign, Buffer.from(`AWS4${secret}`)), toSign);
}

function writeScope(region: string, stamp: string): string {
  return `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
}

function isTimely(stamp: string, day: string, nowMs: number): boolean {
  const [, date = '', ...time] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const atMs = Date.parse(`${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.join(':')}Z`);
  return date === day && Math.abs(nowMs - atMs) <= mostSkewMs;
}

function writeCanonical(request: SignedRequest, names: readonly string[]): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const headers = names.map((name) => `${name}:${(readHeader(request, name) ?? '').trim().replace(/ +/g, ' ')}\n`);
  // The names of the specification need no encoding, and a proxy has no query.
  return [request.method, path, query, headers.join(''), names.join(';'), hash(request.body)].join('\n');
}

function readHeader({ headers }: SignedRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sign(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
