/** Whether two places hold the same external key. */
import { randomBytes } from 'node:crypto';
import type { ProxyReply } from '../../ports/xks-proxy.ts';
import type { AskKey, ExternalKey } from './ask-key.ts';
import { type Fields, isObstacle, isOfKey, readErrorName, readReply } from './obstacles.ts';
import type { OpenSource } from './sources.ts';

/** `other`: another key, or none, which is certain. `unproven`: no answer that tells. `unasked`: a proxy could not be asked. */
export interface Compared {
  readonly key: ExternalKey;
  readonly kind: 'same' | 'other' | 'unverified' | 'unasked';
  /** Null where it is the same. */
  readonly text: string | null;
}

/** Bound to the ciphertext as KMS binds an encryption context. */
const additionalAuthenticatedData = Buffer.from('purpose=cks-safe-update same-keys').toString('base64');
const common = { encryptionAlgorithm: 'AES_GCM', additionalAuthenticatedData };

const noSameKey: Readonly<Record<string, string>> = {
  InvalidCiphertextException: 'is a different key there',
  KeyNotFoundException: 'is missing there',
};

/** Both ways: data written after the move must be readable after a way back. */
export async function compareKey(ask: AskKey, now: OpenSource, next: OpenSource, key: ExternalKey): Promise<Compared> {
  const there = await cross(ask, now, next, key);
  return there.kind === 'same' ? cross(ask, next, now, key) : there;
}

async function cross(ask: AskKey, from: OpenSource, to: OpenSource, key: ExternalKey): Promise<Compared> {
  const plaintext = randomBytes(32).toString('base64');
  const first = await ask(from, key, 'encrypt', { ...common, plaintext });
  const encrypted = readReply(first);
  if (isObstacle(encrypted))
    return { key, kind: judge(first), text: `encrypting at ${from.endpoint}: ${encrypted.text}` };
  const missing = sealed.find((name) => typeof encrypted.json[name] !== 'string');
  if (missing !== undefined)
    return { key, kind: 'unverified', text: `encrypting at ${from.endpoint}: its answer has no ${missing}` };
  const reply = await ask(to, key, 'decrypt', { ...common, ...pickCiphertext(encrypted.json) });
  const certain = reply.kind === 'answered' && reply.status !== 200 ? noSameKey[readErrorName(reply) ?? ''] : undefined;
  if (certain !== undefined) return { key, kind: 'other', text: `${certain} (${to.endpoint})` };
  const decrypted = readReply(reply);
  if (isObstacle(decrypted))
    return { key, kind: judge(reply), text: `decrypting at ${to.endpoint}: ${decrypted.text}` };
  if (typeof decrypted.json.plaintext !== 'string')
    return { key, kind: 'unverified', text: `decrypting at ${to.endpoint}: its answer has no plaintext` };
  if (decrypted.json.plaintext === plaintext) return { key, kind: 'same', text: null };
  return { key, kind: 'other', text: `decrypts to something else (${to.endpoint})` };
}

/** Source: XKS proxy API specification 1.0.3, "Encrypt". */
const sealed = ['ciphertext', 'initializationVector', 'authenticationTag'] as const;

function judge(reply: ProxyReply): Compared['kind'] {
  return isOfKey(reply) ? 'unverified' : 'unasked';
}

function pickCiphertext({ ciphertext, initializationVector, authenticationTag, ciphertextMetadata }: Fields): Fields {
  const extra = ciphertextMetadata === undefined ? {} : { ciphertextMetadata };
  return { ciphertext, initializationVector, authenticationTag, ...extra };
}
