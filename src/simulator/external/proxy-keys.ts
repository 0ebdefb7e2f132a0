/** What a proxy answers about an external key and with it. Source: XKS proxy API specification 1.0.3, key metadata, encrypt, decrypt. */
import { createHash } from 'node:crypto';
import type { KeyManagers } from './key-manager.ts';
import type { ProxyAnswer } from './protocol.ts';
import type { RequestMetadata } from './request-metadata.ts';

/** What GetKeyMetadata says of an external key. */
export interface ExternalKey {
  readonly keySpec: string;
  readonly keyUsage: readonly string[];
  readonly keyStatus: 'ENABLED' | 'DISABLED';
}

/** What stands behind the proxies. */
export interface ProxyBackground {
  readonly managers: KeyManagers;
  /** Whether a KMS key uses an external key of this id. */
  readonly isUsed: (xksKeyId: string) => boolean;
}

/** Of a proxy, as much as decides about its keys. */
interface KeyHolder {
  readonly keys: Readonly<Record<string, ExternalKey>> | undefined;
  readonly ekm: readonly string[];
  readonly keyManager: string;
}

type Fields = Readonly<Record<string, unknown>>;
type UseKey = (managers: KeyManagers, proxy: KeyHolder, keyId: string, body: Fields) => ProxyAnswer;

/** As KMS wants an external key to be. */
export const fitKey: ExternalKey = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' };

const longestAuthenticatedBytes = 8192;

/** Names the version of the key; a proxy wants to see again what it gave along with a ciphertext. */
const ciphertextMetadata = Buffer.from('v1');

/** `resource`: `keys/ID/metadata`, `keys/ID/encrypt` or `keys/ID/decrypt`. */
export function answerForKey(
  { managers, isUsed }: ProxyBackground,
  proxy: KeyHolder,
  resource: string,
  body: Fields,
): ProxyAnswer {
  const [, keyId = '', action = ''] =
    /^keys\/([a-zA-Z0-9._-]{1,128})\/(metadata|encrypt|decrypt)$/.exec(resource) ?? [];
  if (action === '') return fail(404, 'InvalidUriPathException');
  const key = findKey(proxy, keyId, () => isForNewKey(body) || isUsed(keyId));
  if (!key) return fail(404, 'KeyNotFoundException');
  if (action === 'metadata') return succeed(key);
  if (key.keyStatus !== 'ENABLED') return fail(400, 'InvalidStateException');
  if (!requiredUsages(action, body).every((usage) => key.keyUsage.includes(usage)))
    return fail(400, 'InvalidKeyUsageException');
  if (body.encryptionAlgorithm !== 'AES_GCM') return fail(400, 'ValidationException');
  if (proxy.ekm.every((state) => state === 'UNAVAILABLE')) return fail(503, 'DependencyTimeoutException');
  return (action === 'encrypt' ? encrypt : decrypt)(managers, proxy, keyId, body);
}

/** To vouch for a hash of a ciphertext, a proxy decrypts it first (Appendix C). */
function requiredUsages(action: string, { ciphertextDataIntegrityValueAlgorithm: algorithm }: Fields) {
  return action === 'decrypt' ? ['DECRYPT'] : ['ENCRYPT', ...(algorithm === undefined ? [] : ['DECRYPT'])];
}

function findKey({ keys }: KeyHolder, keyId: string, isNeeded: () => boolean): ExternalKey | undefined {
  if (keys === undefined) return isNeeded() ? fitKey : undefined;
  return Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
}

/** CreateKey asks about an external key that no KMS key uses yet. */
function isForNewKey({ requestMetadata }: Fields): boolean {
  return (requestMetadata as RequestMetadata).kmsOperation === 'CreateKey';
}

const encrypt: UseKey = (managers, { keyManager }, keyId, body) => {
  const plaintext = readBytes(body.plaintext);
  const authenticated = readAuthenticated(body);
  const wantsHash = body.ciphertextDataIntegrityValueAlgorithm !== undefined;
  if (!plaintext || !authenticated || (wantsHash && body.ciphertextDataIntegrityValueAlgorithm !== 'SHA_256')) {
    return fail(400, 'ValidationException');
  }
  const bound = bind(authenticated, ciphertextMetadata);
  const { ciphertext, iv, tag } = managers.encrypt(keyManager, keyId, plaintext, bound);
  return succeed({
    ciphertext: ciphertext.toString('base64'),
    ciphertextMetadata: ciphertextMetadata.toString('base64'),
    initializationVector: iv.toString('base64'),
    authenticationTag: tag.toString('base64'),
    ...(wantsHash
      ? { ciphertextDataIntegrityValue: hash([authenticated, ciphertextMetadata, iv, ciphertext, tag]) }
      : {}),
  });
};

const decrypt: UseKey = (managers, { keyManager }, keyId, body) => {
  const ciphertext = readBytes(body.ciphertext);
  const iv = readBytes(body.initializationVector);
  const tag = readBytes(body.authenticationTag);
  const metadata = body.ciphertextMetadata === undefined ? Buffer.alloc(0) : readBytes(body.ciphertextMetadata);
  const authenticated = readAuthenticated(body);
  if (!ciphertext || !iv || !tag || !metadata || !authenticated) return fail(400, 'ValidationException');
  if (![12, 16].includes(iv.length) || tag.length !== 16 || metadata.length > 20)
    return fail(400, 'ValidationException');
  const plaintext = managers.decrypt(keyManager, keyId, { ciphertext, iv, tag }, bind(authenticated, metadata));
  return plaintext ? succeed({ plaintext: plaintext.toString('base64') }) : fail(400, 'InvalidCiphertextException');
};

/** Both with their lengths, so that neither can pass for the other. */
function bind(authenticated: Buffer, metadata: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(authenticated.length);
  return Buffer.concat([length, authenticated, Buffer.from([metadata.length]), metadata]);
}

function hash(parts: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(parts)).digest('base64');
}

function readAuthenticated({ additionalAuthenticatedData: text }: Fields): Buffer | undefined {
  const bytes = text === undefined ? Buffer.alloc(0) : readBytes(text);
  return bytes && bytes.length <= longestAuthenticatedBytes ? bytes : undefined;
}

/** Standard base64, as the specification wants it. */
function readBytes(text: unknown): Buffer | undefined {
  return typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function succeed(output: object): ProxyAnswer {
  return { status: 200, body: JSON.stringify(output) };
}

function fail(status: number, errorName: string): ProxyAnswer {
  return { status, body: JSON.stringify({ errorName }) };
}
