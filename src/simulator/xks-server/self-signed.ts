/** A certificate of no known CA, so that TLS can be rehearsed without a tool beside Node. RFC 5280, in DER. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** DNS names and IPv4 addresses; the first is its common name. Default localhost and 127.0.0.1. */
  readonly hosts?: readonly string[];
  /** Default the first host. */
  readonly commonName?: string;
  /** Who signs it; default itself. */
  readonly issuer?: Certificate;
  /** Default yesterday. */
  readonly notBefore?: Date;
  /** Default in 30 days. */
  readonly notAfter?: Date;
}

const dayMs = 86_400_000;
const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  set: 0x31,
  sequence: 0x30,
};
const utcTime = 0x17;

const ecdsaWithSha256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
const commonName = oid(2, 5, 4, 3);
const subjectAltName = oid(2, 5, 29, 17);
const basicConstraints = oid(2, 5, 29, 19);

export function createSelfSigned(options: CertificateOptions = {}): Certificate {
  const { hosts = ['localhost', '127.0.0.1'] } = options;
  const notBefore = options.notBefore ?? new Date(Date.now() - dayMs);
  const notAfter = options.notAfter ?? new Date(Date.now() + 30 * dayMs);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = options.commonName ?? hosts[0] ?? 'localhost';
  const { issuer } = options;
  const issuedBy = issuer ? new X509Certificate(issuer.cert).subject.replace(/^CN=/, '') : subject;
  const signingKey = issuer ? createPrivateKey(issuer.key) : privateKey;
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const unsigned = sequence(
    encode(0xa0, encode(tags.integer, Buffer.from([2]))),
    encode(tags.integer, serial),
    ecdsaWithSha256,
    nameOf(issuedBy),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    encode(0xa3, sequence(extension(subjectAltName, sequence(...hosts.map(altName))), authority())),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', unsigned, signingKey)]);
  const der = sequence(unsigned, ecdsaWithSha256, encode(tags.bits, signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function nameOf(text: string): Buffer {
  return sequence(encode(tags.set, sequence(commonName, encode(tags.utf8, Buffer.from(text)))));
}

function altName(host: string): Buffer {
  return isIPv4(host) ? encode(0x87, Buffer.from(host.split('.').map(Number))) : encode(0x82, Buffer.from(host));
}

/** It vouches for itself, so a client that is handed it trusts it. */
function authority(): Buffer {
  const yes = encode(tags.boolean, Buffer.from([0xff]));
  return sequence(basicConstraints, yes, encode(tags.bytes, sequence(yes)));
}

function extension(kind: Buffer, value: Buffer): Buffer {
  return sequence(kind, encode(tags.bytes, value));
}

function time(date: Date): Buffer {
  return encode(utcTime, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const base128 = (arc: number): number[] =>
    arc < 128 ? [arc] : [...base128(arc >> 7).map((byte) => byte | 0x80), arc & 0x7f];
  return encode(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return encode(tags.sequence, ...parts);
}

function encode(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  return Buffer.concat([Buffer.from([tag, ...encodeLength(length)]), content]);
}

function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
