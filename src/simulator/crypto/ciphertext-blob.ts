/**
 * A CiphertextBlob: which KMS key it is of, and the sealed parts. What AWS puts into one is not documented; that it names its
 * key is, because Decrypt needs no KeyId (reference page of Decrypt).
 */
import type { Sealed } from './seal.ts';

export interface CiphertextBlob {
  /** A UUID. */
  readonly keyId: string;
  readonly sealed: Sealed;
  /** What the external key store proxy wants to see again, base64. */
  readonly metadata: string | undefined;
}

const magic = Buffer.from([0x01, 0x02, 0x02, 0x00]);

export function writeBlob({ keyId, sealed, metadata = '' }: CiphertextBlob): string {
  const parts = [sealed.iv, sealed.tag, sealed.ciphertext, Buffer.from(metadata, 'base64')];
  const id = Buffer.from(keyId.replaceAll('-', ''), 'hex');
  return Buffer.concat([magic, id, ...parts.flatMap((part) => [writeLength(part), part])]).toString('base64');
}

/** undefined for what no KMS has written. `text`: base64. */
export function readBlob(text: string): CiphertextBlob | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 20 || !bytes.subarray(0, 4).equals(magic)) return undefined;
  const parts = readParts(bytes.subarray(20));
  const [iv, tag, ciphertext, metadata] = parts ?? [];
  if (!iv || !tag || !ciphertext || !metadata || parts?.length !== 4 || tag.length !== 16) return undefined;
  return {
    keyId: bytes.toString('hex', 4, 20).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    sealed: { iv, tag, ciphertext },
    metadata: metadata.length > 0 ? metadata.toString('base64') : undefined,
  };
}

function writeLength({ length }: Buffer): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(length);
  return bytes;
}

function readParts(bytes: Buffer): readonly Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return undefined;
    const start = at + 2;
    at = start + bytes.readUInt16BE(at);
    if (at > bytes.length) return undefined;
    parts.push(bytes.subarray(start, at));
  }
  return parts;
}

/** What a ciphertext is bound to: the pairs of the encryption context, whatever their order. */
export function writeContext(context: Readonly<Record<string, string>> = {}): Buffer {
  const pairs = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(pairs.length > 0 ? JSON.stringify(pairs) : '');
}
