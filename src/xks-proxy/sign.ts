/**
 * Signature Version 4 as an XKS proxy wants it. Source: XKS proxy API specification 1.0.3, "Authentication": service
 * `kms-xks-proxy`, the Region of KMS, and `host` and `x-amz-date` as the signed headers.
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CredentialValue } from '../ports/kms.ts';

export interface Signing {
  readonly method: string;
  /** Name of the host, as in the Host header. */
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly region: string;
  readonly atMs: number;
}

/** SHA-256 or, with a secret, its HMAC: the form in which the signer wants either. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The headers of the signed request. */
export async function sign(
  { AccessKeyId, RawSecretAccessKey }: CredentialValue,
  { method, host, path, body, region, atMs }: Signing,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    service: 'kms-xks-proxy',
    region,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: RawSecretAccessKey },
    sha256: Sha256,
    // The names of the specification need no encoding, and no header tells the hash.
    uriEscapePath: false,
    applyChecksum: false,
  });
  const request = { method, protocol: 'https:', hostname: host, path, body, headers: { host } };
  const { headers } = await signer.sign(request, { signingDate: new Date(atMs) });
  return headers;
}
